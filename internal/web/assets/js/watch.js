/**
 * Something is under way: the block with data-watch (seconds) is fetched again
 * until it is over, and then the page is loaded anew. Without script a link
 * does the same.
 */

/** @param {Document} page */
export function start(page) {
  const block = page.querySelector("[data-watch]");
  if (!block) return;
  const every = Math.max(1, Number(block.dataset.watch) || 2) * 1000;
  const timer = setInterval(async () => {
    if (page.hidden || block.contains(page.activeElement)) return;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-watch]");
      if (fresh) {
        block.replaceChildren(...fresh.childNodes);
        return;
      }
      clearInterval(timer);
      location.reload();
    } catch {
      // no network for a moment: the next look comes soon
    }
  }, every);
}
