/**
 * How many places are left, true to the moment, for [data-seats="SLUG"]. The
 * sentences stand on [data-live]. What the visitor has themselves is fetched
 * again when the counts of their session change: [data-own-refresh="SLUG"],
 * or "*" with [data-own="SLUG"] inside.
 */

const soonest = 4000; // between two looks at one's own part, in milliseconds
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

/** @param {Document} page @param {Record<string, [number, number]>} before @param {Record<string, [number, number]>} now */
function renew(page, before, now) {
  const part = page.querySelector("[data-own-refresh]");
  if (!part || timer) return;
  const slugs = part.dataset.ownRefresh === "*" ? [...part.querySelectorAll("[data-own]")].map((row) => row.dataset.own) : [part.dataset.ownRefresh];
  if (!slugs.some((slug) => String(before[slug]) !== String(now[slug]))) return;
  const wait = Math.max(0, last + soonest - Date.now()) + Math.random() * spread;
  timer = setTimeout(() => {
    timer = 0;
    last = Date.now();
    refresh(page);
  }, wait);
}

/** @param {Document} page */
async function refresh(page) {
  const part = page.querySelector("[data-own-refresh]");
  if (!part || page.hidden || part.contains(page.activeElement)) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-own-refresh]");
    if (fresh && !part.contains(page.activeElement)) part.replaceChildren(...fresh.childNodes);
  } catch {
    // no network for a moment: the next change asks again
  }
}
