/**
 * "Now and next" stays true while it lies open: the block with
 * data-now-refresh (seconds) is fetched again from data-now-address and
 * replaced, never while the page is hidden or the focus is inside it.
 */

/** @param {Document} page */
export function start(page) {
  const block = page.querySelector("[data-now-refresh]");
  if (!block) return;
  const every = Math.max(20, Number(block.dataset.nowRefresh) || 60) * 1000;
  setInterval(() => {
    if (!page.hidden && !block.contains(page.activeElement)) refresh(block);
  }, every);
  page.addEventListener("visibilitychange", () => {
    if (!page.hidden) refresh(block);
  });
}

/** @param {Element} block */
async function refresh(block) {
  try {
    const answer = await fetch(block.dataset.nowAddress || location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-now-refresh]");
    if (fresh) block.replaceChildren(...fresh.childNodes);
  } catch {
    // no network for a moment: the hour on the page says how old it is
  }
}
