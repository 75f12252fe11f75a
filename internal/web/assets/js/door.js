/**
 * The list of a door: a mark is sent without leaving the page, and sent again until it is answered when the network
 * comes and goes. A mark says what is, not what to change, so that sending it twice does no harm; of several about one
 * person only the last is sent. What has not been sent survives a reload in this tab. Without script each button sends
 * its form.
 */

const againMs = 4_000;

/** @param {Document} page */
export function start(page) {
  const door = page.querySelector("[data-door]");
  if (door) watch(page, door);
}

/** @param {Document} page @param {HTMLElement} door */
function watch(page, door) {
  const key = `door:${location.pathname}`;
  /** @type {Map<string, string>} */
  const waiting = new Map(recall(key));
  let busy = false;

  const formOf = (who) => door.querySelector(`#${CSS.escape(`g-${who}`)} form[data-mark]`);
  const keep = () => {
    try {
      sessionStorage.setItem(key, JSON.stringify([...waiting]));
    } catch { /* a browser that keeps nothing still has the list in memory */ }
  };
  const send = async () => {
    if (busy || waiting.size === 0) return;
    busy = true;
    const [who, presence] = waiting.entries().next().value;
    const form = formOf(who);
    const answer = form ? await post(form, who, presence) : "gone";
    busy = false;
    if (answer === "again") {
      say(form, door.dataset.waits);
      setTimeout(send, againMs);
      return;
    }
    if (waiting.get(who) === presence) waiting.delete(who); // else it was marked otherwise meanwhile
    keep();
    if (answer === "refused") say(form, door.dataset.refused);
    else if (answer !== "gone") {
      if (!waiting.has(who)) say(form, "");
      count(door, answer);
    }
    send();
  };

  door.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("[data-mark]") || !event.submitter) return;
    event.preventDefault();
    const who = form.elements.namedItem("who").value;
    waiting.delete(who); // to the end of the queue
    waiting.set(who, event.submitter.value);
    paint(form, event.submitter.value);
    say(form, door.dataset.sending);
    keep();
    send();
  });
  for (const [who, presence] of waiting) {
    const form = formOf(who);
    if (form) paint(form, presence);
  }
  page.defaultView.addEventListener("online", send);
  page.defaultView.addEventListener("beforeunload", (event) => {
    if (waiting.size > 0) event.preventDefault();
  });
  send();
}

/** @returns {[string, string][]} */
function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

/** Shows a mark at once: the button that is pressed takes it back when pressed again. */
function paint(form, presence) {
  for (const button of form.querySelectorAll("button[data-means]")) {
    const pressed = button.dataset.means === presence;
    button.setAttribute("aria-pressed", String(pressed));
    button.value = pressed ? "" : button.dataset.means;
  }
}

function say(form, text) {
  const state = form?.querySelector(".door-state");
  if (state) state.textContent = text ?? "";
}

/** @returns {Promise<object | "again" | "refused">} the counts, or what became of it */
async function post(form, who, presence) {
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams({ who, presence }), headers: { Accept: "application/json" },
      credentials: "same-origin", redirect: "manual",
    });
    if (answer.ok) return await answer.json();
    return answer.status >= 500 || answer.status === 429 ? "again" : "refused";
  } catch {
    return "again";
  }
}

/** The numbers above the list, and the one that the button for the absent says. */
function count(door, counts) {
  for (const place of door.querySelectorAll("[data-count]")) {
    const n = counts[place.dataset.count];
    if (n !== undefined) place.textContent = String(n);
  }
  const expected = door.querySelector("[data-expected]");
  if (!expected) {
    if (counts.free) location.reload(); // now there is a button for those who have not come
    return;
  }
  const button = expected.form.querySelector("button");
  button.textContent = button.textContent.replace(/\d+/, String(counts.missing));
  expected.value = String(counts.missing);
  expected.form.hidden = counts.missing === 0;
}
