/**
 * The wish list can be put in order by dragging; the buttons do the same
 * without. [data-wishes] holds rows with [data-wish="SLUG"] and saves to
 * data-save.
 */

/** @param {Document} page */
export function start(page) {
  for (const list of page.querySelectorAll("[data-wishes]")) {
    const rows = () => [...list.querySelectorAll("[data-wish]")];
    if (rows().length < 2) continue;
    let dragged = null;
    let before = "";
    for (const row of rows()) row.draggable = true;
    list.addEventListener("dragstart", (event) => {
      dragged = event.target.closest?.("[data-wish]");
      before = order(list);
      dragged?.classList.add("is-dragged");
      event.dataTransfer.effectAllowed = "move";
    });
    list.addEventListener("dragover", (event) => {
      const over = event.target.closest?.("[data-wish]");
      if (!dragged || !over) return;
      event.preventDefault();
      const box = over.getBoundingClientRect();
      if (over !== dragged) over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged);
    });
    list.addEventListener("drop", (event) => event.preventDefault());
    list.addEventListener("dragend", () => {
      dragged?.classList.remove("is-dragged");
      dragged = null;
      if (order(list) !== before) save(list);
    });
  }
}

const slugs = (list) => [...list.querySelectorAll("[data-wish]")].map((row) => row.dataset.wish);
const order = (list) => slugs(list).join(" ");

/** Sends the whole order and shows the page as the server then has it. */
async function save(list) {
  const body = new URLSearchParams(slugs(list).map((slug) => ["s", slug]));
  try {
    await fetch(list.dataset.save, { method: "POST", body, headers: { Accept: "application/json" } });
  } finally {
    location.reload(); // also when it failed: what is shown is what is saved
  }
}
