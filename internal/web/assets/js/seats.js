/**
 * How many places are left, true to the moment, for [data-seats="SLUG"]. The
 * sentences stand on [data-live]. Who waits for a place, or has been offered
 * one, has their own part of the page, [data-own-part], fetched again when the
 * counts of that session change: data-own-refresh="SLUG" on the part, or "*"
 * with [data-own="SLUG"][data-unsure] inside. Who holds a place asks for nothing.
 */

const soon = 4000; // until the next look where a place may have been handed on, in milliseconds
const late = 30_000; // where others have only joined the list behind
const spread = 3000; // so that not everybody looks in the same instant

/** @param {Document} page */
export function start(page) {
  const edition = page.body.dataset.edition;
  if (!edition || !page.querySelector("[data-seats], [data-own-refresh]")) return;
  let source = null;
  let before = null;
  const listen = () => {
    if (page.hidden || source) return;
    source = new EventSource(`/${encodeURIComponent(edition)}/signups.stream`);
    source.addEventListener("counts", (event) => {
      const now = JSON.parse(event.data).s ?? {};
      paint(page, now);
      if (before) renew(page, before, now);
      before = now;
    });
  };
  const rest = () => {
    source?.close(); // a page that nobody sees takes no connection from one that somebody does
    source = null;
  };
  page.addEventListener("visibilitychange", () => (page.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
}

/** @param {Document} page @param {Record<string, [number, number]>} counts */
function paint(page, counts) {
  const words = page.querySelector("[data-live]")?.dataset ?? {};
  for (const line of page.querySelectorAll("[data-seats]")) {
    const count = counts[line.dataset.seats];
    if (!count || count[0] < 0) continue;
    const [left, waiting] = count;
    let said = (words.left ?? "%n").replace("%n", String(left));
    if (left === 0) said = "hasList" in line.dataset ? (words.list ?? "%n").replace("%n", String(waiting)) : (words.none ?? "");
    if (line.textContent !== said) {
      const first = line.textContent === "";
      line.textContent = said;
      if (first) continue; // it has not changed, it has come
      line.classList.add("is-fresh");
      setTimeout(() => line.classList.remove("is-fresh"), 1500);
    }
  }
}

let last = 0;
let timer = 0;
let due = Infinity;

/** @param {Document} page @param {Record<string, [number, number]>} before @param {Record<string, [number, number]>} now */
function renew(page, before, now) {
  const part = page.querySelector("[data-own-part][data-own-refresh]");
  if (!part) return;
  const own = part.dataset.ownRefresh;
  const slugs = own === "*" ? [...part.querySelectorAll("[data-own][data-unsure]")].map((row) => row.dataset.own) : [own];
  const haste = Math.min(...slugs.map((slug) => urgency(before[slug], now[slug])));
  plan(page, Math.max(Date.now(), last + haste));
}

/** Looks at the visitor's part from the moment at on, unless a sooner look is planned. */
function plan(page, at) {
  const when = at + Math.random() * spread;
  if (!(when < due)) return;
  clearTimeout(timer);
  due = when;
  timer = setTimeout(() => refresh(page), when - Date.now());
}

/** How long a change of these counts may go unseen by who waits; for ever where nothing has changed. */
function urgency(before, now) {
  if (String(before) === String(now)) return Infinity;
  if (!before || !now) return soon;
  return before[0] === now[0] && before[1] < now[1] ? late : soon;
}

/** @param {Document} page */
async function refresh(page) {
  last = Date.now();
  due = Infinity;
  const part = page.querySelector("[data-own-part][data-own-refresh]");
  if (!part) return;
  if (!(await renewed(page, part))) plan(page, last + late); // nobody looks, somebody is at it, or the network is gone
}

/** Fetches the part anew, and says whether it is what the server has. */
async function renewed(page, part) {
  if (page.hidden || inUse(page, part)) return false;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-own-part]");
    if (!fresh || inUse(page, part)) return false;
    replace(page, part, fresh);
    return true;
  } catch {
    return false;
  }
}

/** Whether the visitor is at a button or a link of the part, which must not go away under their hand. */
function inUse(page, part) {
  const at = page.activeElement;
  return part.contains(at) && !at.matches(".press-said, .signup-state");
}

/** Puts the fresh part in place of the old one; who was reading its sentence goes on reading the new one. */
function replace(page, part, fresh) {
  const reading = part.contains(page.activeElement);
  part.replaceChildren(...fresh.childNodes);
  if ("ownRefresh" in fresh.dataset) part.dataset.ownRefresh = fresh.dataset.ownRefresh;
  else delete part.dataset.ownRefresh;
  const said = part.querySelector(".signup-state");
  if (!reading || !said) return;
  said.tabIndex = -1;
  said.focus({ preventScroll: true });
}
