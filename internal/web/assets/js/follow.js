/**
 * A sitting goes on while others look: [data-follow="ADDRESS"] asks how it
 * stands, one word, and when that is another than data-state the page is
 * fetched again and each [data-follow-part] takes its new place. Whoever is
 * typing there is told, [data-follow-news], and loses nothing. Without script
 * a link does the same.
 */

const often = 2000; // until the next look, in milliseconds

/** @param {Document} page */
export function start(page) {
  const guide = page.querySelector("[data-follow]");
  if (!guide) return;
  let looking = false;
  const look = async () => {
    if (page.hidden || looking) return;
    looking = true;
    try {
      const answer = await fetch(guide.dataset.follow, { headers: { Accept: "application/json" } });
      const state = answer.ok ? (await answer.json()).state : guide.dataset.state;
      if (state !== guide.dataset.state && (await follow(page, guide))) guide.dataset.state = state;
    } catch {
      // no network for a moment: the next look comes soon
    } finally {
      looking = false;
    }
  };
  setInterval(look, often);
  page.addEventListener("visibilitychange", look);
}

/**
 * Brings the page to where the sitting stands, and says whether all of it is there.
 * @param {Document} page @param {HTMLElement} guide
 */
async function follow(page, guide) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let missed = false;
  for (const part of page.querySelectorAll("[data-follow-part]")) {
    const other = fresh.querySelector(`[data-follow-part="${part.dataset.followPart}"]`);
    if (!other || other.innerHTML === part.innerHTML) continue;
    if (part.contains(page.activeElement)) missed = true;
    else part.replaceChildren(...other.childNodes);
  }
  guide.querySelector("[data-follow-news]").hidden = !missed;
  return !missed;
}
