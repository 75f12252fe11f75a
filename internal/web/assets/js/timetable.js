/**
 * The timetable: arrow keys move from session to session by where they stand
 * on the sheet, a line shows the present moment, and a link jumps to it.
 */

/** Length of one row of the grid. */
const stepMs = 5 * 60 * 1000;

/** @param {Document} page */
export function start(page) {
  for (const grid of page.querySelectorAll("[data-timetable]")) {
    grid.addEventListener("keydown", (event) => move(grid, event));
    drawNow(page, grid);
    setInterval(() => drawNow(page, grid), 30_000);
  }
  page.querySelector("[data-now-jump]")?.addEventListener("click", (event) => {
    const target = page.querySelector("[data-timetable] .is-now") ?? page.querySelector("[data-now-line]:not([hidden])");
    if (!target) return;
    event.preventDefault();
    target.scrollIntoView({ block: "center", inline: "nearest" });
    target.querySelector("a")?.focus({ preventScroll: true });
  });
}

/** @param {Element} grid @param {KeyboardEvent} event */
function move(grid, event) {
  const way = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] }[event.key];
  const here = event.target instanceof Element ? event.target.closest(".slot") : null;
  if (!way || !here || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const next = nearest(here, [...grid.querySelectorAll(".slot:not(.slot-break)")], way);
  if (!next) return;
  event.preventDefault();
  next.querySelector(".session-title a")?.focus();
}

/**
 * The nearest slot in a direction: distance along the way counts once, being
 * off to the side counts three times, so that a column is followed first.
 *
 * @param {Element} here @param {Element[]} slots @param {number[]} way
 * @returns {Element | undefined}
 */
function nearest(here, slots, [dx, dy]) {
  const from = here.getBoundingClientRect();
  let best, least = Infinity;
  for (const slot of slots) {
    if (slot === here) continue;
    const to = slot.getBoundingClientRect();
    const along = dx ? dx * (to.left - from.left) : dy * (to.top - from.top);
    const aside = dx ? Math.abs(to.top - from.top) : Math.abs(to.left - from.left);
    if (along <= 1 || along + 3 * aside >= least) continue;
    [best, least] = [slot, along + 3 * aside];
  }
  return best;
}

/** @param {Document} page @param {Element} grid */
function drawNow(page, grid) {
  const now = Date.now();
  let any = false;
  for (const slot of grid.querySelectorAll("[data-start][data-end]")) {
    const on = Date.parse(slot.dataset.start) <= now && now < Date.parse(slot.dataset.end);
    slot.classList.toggle("is-now", on);
    any ||= on;
  }
  const line = grid.querySelector("[data-now-line]");
  if (!line) return;
  const step = Math.floor((now - Date.parse(line.dataset.from)) / stepMs);
  const slots = [...grid.querySelectorAll("[data-end]")].map((slot) => Date.parse(slot.dataset.end));
  line.hidden = step < 0 || now > Math.max(...slots, 0);
  line.className = line.className.replace(/\bat-\d+\b/g, "").trim() + (line.hidden ? "" : ` at-${Math.min(step, 252)}`);
  const jump = page.querySelector("[data-now-jump]");
  if (jump) jump.hidden = !any && line.hidden;
}
