/**
 * The moment at which sign-ups open. [data-countdown] counts down to
 * data-opens by the server's clock (data-now when the page was made, then
 * data-clock), and its button arms at the instant. A form with [data-press] is
 * sent without leaving the page; the same request goes again when the
 * connection fails, under the same number, and counts once. The sentences
 * stand on [data-press-words]. Without script the form is an ordinary one.
 */

const patience = 90_000; // how long to go on trying, in milliseconds
const longestAnswer = 20_000;
const mostAhead = 5_000; // by how much a countdown may be ahead of the house

/** @param {Document} page */
export function start(page) {
  const words = page.querySelector("[data-press-words]")?.dataset;
  if (!words) return;
  for (const box of page.querySelectorAll("[data-countdown]")) {
    const clock = new Clock(box);
    const gate = countdown(box, clock, words);
    if (box instanceof HTMLFormElement) box.addEventListener("submit", (event) => submit(event, box, clock, gate, words));
  }
}

/** The server's time, as well as a browser can know it. */
class Clock {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.address = box.dataset.clock;
    const made = Date.parse(box.dataset.now ?? "");
    const arrived = performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now();
    this.lead = (Number.isNaN(made) ? Date.now() : made) - arrived; // the server's time less this page's
    this.doubt = Infinity; // half of the shortest way there and back
    this.renew();
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.doubt = Infinity; // a machine that slept may have stopped its clock
      this.renew();
    });
  }

  now() {
    return performance.now() + this.lead;
  }

  /** Asks some times and believes the quickest answer. */
  async renew() {
    for (let n = 0; n < 3 && this.address; n += 1) {
      try {
        const sent = performance.now();
        const answer = await fetch(this.address, { headers: { Accept: "application/json" }, cache: "no-store" });
        if (!answer.ok) return;
        const { now } = await answer.json();
        this.learn(now, sent, performance.now());
      } catch {
        return; // what the page itself said must do
      }
      await pause(300 + Math.random() * 700);
    }
  }

  /** @param {string} said @param {number} sent @param {number} came */
  learn(said, sent, came) {
    const doubt = (came - sent) / 2;
    const at = Date.parse(said);
    if (Number.isNaN(at) || doubt >= this.doubt) return;
    this.doubt = doubt;
    this.lead = at - (sent + doubt);
  }
}

/** @param {HTMLElement} box @param {Clock} clock @param {DOMStringMap} words @returns {{open: boolean}} */
function countdown(box, clock, words) {
  const opens = Date.parse(box.dataset.opens ?? "");
  const gate = { open: !(opens > clock.now()) };
  if (gate.open) return gate;
  const shown = box.querySelector(".countdown");
  const button = box.querySelector("button");
  const said = box.querySelector(".press-said");
  box.querySelector("[data-without-script]")?.setAttribute("hidden", "");
  button?.setAttribute("aria-disabled", "true"); // it stays in reach, and says when it will work
  button?.classList.add("is-waiting");
  if (shown) shown.hidden = false;
  const marks = [
    [600_000, words.minutes],
    [60_000, words.minute],
    [10_000, words.seconds],
  ].filter(([left]) => left < opens - clock.now());
  const tick = () => {
    const left = opens - clock.now();
    if (left <= 0) {
      gate.open = true;
      arm(box, shown, button, said, words);
      return;
    }
    if (shown) shown.textContent = (words.in ?? "%t").replace("%t", length(left));
    while (marks.length > 0 && left <= marks[0][0]) {
      const [, sentence] = marks.shift();
      if (said) said.textContent = sentence; // heard at these moments, not every second
    }
    setTimeout(tick, Math.min(left, left % 1000 || 1000));
  };
  tick();
  return gate;
}

/** Lets the button work, without a reload. */
function arm(box, shown, button, said, words) {
  if (shown) shown.hidden = true;
  button?.removeAttribute("aria-disabled");
  button?.classList.remove("is-waiting");
  if (said) said.textContent = words.open ?? "";
  const state = box.closest("[data-own-part]")?.querySelector("[data-state]");
  if (state) state.textContent = words.open ?? "";
}

/** @param {number} left milliseconds @returns {string} "2 d 3 h", "12:05", "0:09" */
function length(left) {
  const all = Math.ceil(left / 1000);
  const [days, hours, minutes, seconds] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60, all % 60];
  if (days > 0) return `${days} d ${hours} h`;
  const two = (n) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

async function submit(event, form, clock, gate, words) {
  const said = form.querySelector(".press-said");
  if (!gate.open) {
    event.preventDefault();
    said.textContent = words.early ?? "";
    return;
  }
  if (!("press" in form.dataset)) return; // an ordinary form
  event.preventDefault();
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  form.setAttribute("aria-busy", "true");
  said.className = "press-said";
  said.textContent = words.sending ?? "";
  try {
    show(form, await claim(form, clock, said, words), words);
  } finally {
    delete form.dataset.busy;
    form.removeAttribute("aria-busy");
  }
}

/** Claims; once more where the countdown was a little ahead of the house, so that nobody loses by a quick hand. */
async function claim(form, clock, said, words) {
  const opens = Date.parse(form.dataset.opens ?? "");
  for (;;) {
    const told = await send(form, clock, said, words);
    const early = opens - Date.parse(told.now ?? "");
    if (told.status !== 409 || !(early > 0 && early < mostAhead)) return told;
    form.elements.k.value = key(); // what was asked too early has had its answer
    await pause(early);
  }
}

/** Sends the request until there is an answer, always under the same number. */
async function send(form, clock, said, words) {
  const body = new URLSearchParams(new FormData(form));
  const since = performance.now();
  for (let n = 0; performance.now() - since < patience; n += 1) {
    let after = 0;
    try {
      const sent = performance.now();
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(longestAnswer),
      });
      const decided = answer.ok || answer.status === 409;
      const told = await answer.json().catch(() => (decided ? Promise.reject() : {})); // half an answer is none
      if (told.now) clock.learn(told.now, sent, performance.now());
      if (answer.status < 500 && answer.status !== 429) return { status: answer.status, ...told };
      after = Number(answer.headers.get("Retry-After")) * 1000 || 0;
    } catch {
      // lost on the way there or back: which of the two does not matter
    }
    said.textContent = words.again ?? "";
    await pause(Math.max(after, Math.min(8000, 500 * 2 ** n)) * (0.75 + Math.random() / 2));
  }
  return { status: 0 };
}

/** Says what came of it, in the place where it was asked. */
function show(form, told, words) {
  const said = form.querySelector(".press-said");
  const seats = told.seats ?? [];
  const got = seats.some((seat) => seat.state !== "refused");
  let lines = seats.map((seat) => sentence(seat, words));
  if (seats.length === 0) lines = [{ 0: words.lost, 401: words.out, 422: words.old }[told.status] ?? told.why ?? words.lost];
  if (seats.length > 1) lines = outcomes(form, seats, words);
  said.replaceChildren(...lines.filter(Boolean).map((line) => make("p", line)));
  if (told.status === 401) said.append(way(words));
  if (told.receipt) said.append(make("p", (words.receipt ?? "%r").replace("%r", told.receipt), "receipt-line"));
  said.className = `press-said notice ${got ? (seats.some((seat) => seat.state === "held") ? "notice-good" : "notice-warn") : "notice-bad"}`;
  if (!got) {
    if (told.status === 409 || told.status === 422) form.elements.k.value = key(); // a refusal is an answer: the next press asks anew
    return;
  }
  for (const part of form.children) if (part !== said) part.hidden = true;
  form.closest("section")?.querySelector("[data-after-press]")?.removeAttribute("hidden");
  const own = form.closest("[data-own-part]");
  for (const part of own?.querySelectorAll("[data-state], [data-before-press]") ?? []) part.hidden = true;
  const unsure = seats.find((seat) => seat.state === "waiting" || seat.state === "offered");
  if (own && unsure) own.dataset.ownRefresh = unsure.session; // from now on its counts concern the visitor
  said.tabIndex = -1;
  said.focus(); // the button that had it is gone
}

/** Puts the answer for each session of a list beside it; what is left to say stands below. */
function outcomes(form, seats, words) {
  const left = [];
  for (const seat of seats) {
    const place = form.closest("section")?.querySelector(`[data-outcome="${CSS.escape(seat.session)}"]`);
    if (place) place.replaceChildren(make("strong", sentence(seat, words)));
    else left.push(sentence(seat, words));
  }
  const held = seats.filter((seat) => seat.state === "held").length;
  return [`${held} / ${seats.length}`, ...left];
}

function sentence(seat, words) {
  switch (seat.state) {
    case "held":
      return words.held ?? "";
    case "offered":
      return words.offered ?? "";
    case "waiting":
      return (words.waiting ?? "%p").replace("%p", String(seat.position));
    default:
      return seat.why ?? "";
  }
}

/** A new number for a new request: 16 random bytes, as the server makes them. */
function key() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The way in for who is signed out, and back to this page. */
function way(words) {
  const line = make("p", "");
  const link = make("a", words.enter ?? "");
  link.href = words.enterUrl ?? "";
  line.append(link);
  return line;
}

function make(name, text, look = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (look) made.className = look;
  return made;
}

const pause = (time) => new Promise((done) => setTimeout(done, time));
