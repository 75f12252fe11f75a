/**
 * Favourites: sessions marked with a star, kept in this browser under the
 * edition. The agenda page is a full list from the server of which only the
 * starred sessions stay visible. A shared agenda comes as ?sesje=a,b.
 */

/** @param {string} edition @returns {string} */
const keyOf = (edition) => `obrady.favourites.${edition}`;

/** @param {string} edition @returns {Set<string>} */
function read(edition) {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(edition)) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : []);
  } catch {
    return new Set(); // storage refused or spoilt: begin anew
  }
}

/** @param {string} edition @param {Set<string>} ids */
function write(edition, ids) {
  try {
    localStorage.setItem(keyOf(edition), JSON.stringify([...ids]));
  } catch {
    // private windows may refuse; the stars then last as long as the page
  }
}

/** @param {Document} page */
export function start(page) {
  const edition = page.body.dataset.edition;
  if (!edition) return;
  let ids = read(edition);
  const agenda = page.querySelector("[data-agenda]");
  const shared = agenda ? new URLSearchParams(location.search).get("sesje") : null;
  const shown = () => (shared === null ? ids : new Set(shared.split(",").filter(Boolean)));

  const paint = () => {
    for (const button of page.querySelectorAll("[data-favourite]")) {
      const on = ids.has(button.dataset.favourite);
      button.hidden = false;
      button.setAttribute("aria-pressed", String(on));
      button.closest(".slot, .session-row")?.classList.toggle("is-favourite", on);
    }
    for (const count of page.querySelectorAll("[data-favourite-count]")) {
      count.hidden = ids.size === 0;
      count.textContent = (count.dataset.text ?? "%n").replace("%n", String(ids.size));
    }
    if (agenda) paintAgenda(agenda, shown());
  };

  page.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-favourite]");
    if (!button) return;
    ids = read(edition); // another tab may have changed them meanwhile
    const id = button.dataset.favourite;
    if (!ids.delete(id)) ids.add(id);
    write(edition, ids);
    paint();
  });
  addEventListener("storage", (event) => {
    if (event.key === keyOf(edition)) {
      ids = read(edition);
      paint();
    }
  });
  if (agenda) shareButtons(agenda, shown);
  paint();
}

/** @param {Element} agenda @param {Set<string>} ids */
function paintAgenda(agenda, ids) {
  const rows = [...agenda.querySelectorAll("[data-session]")];
  for (const row of rows) {
    row.hidden = !ids.has(row.dataset.session);
    row.querySelector(".agenda-clash")?.remove();
  }
  const kept = rows.filter((row) => !row.hidden);
  for (const row of kept) markClash(agenda, row, kept);
  for (const day of agenda.querySelectorAll("[data-agenda-day]")) {
    day.hidden = !day.querySelector("[data-session]:not([hidden])");
  }
  const empty = agenda.querySelector("[data-agenda-empty]");
  if (empty) empty.hidden = kept.length > 0;
  const calendar = agenda.querySelector("[data-agenda-calendar]");
  if (calendar) {
    calendar.hidden = kept.length === 0;
    calendar.href = `${agenda.dataset.calendarBase}?sesje=${kept.map((row) => encodeURIComponent(row.dataset.session)).join(",")}`;
  }
  const copy = agenda.querySelector("[data-agenda-copy]");
  if (copy) copy.hidden = kept.length === 0;
}

/** @param {Element} agenda @param {Element} row @param {Element[]} kept */
function markClash(agenda, row, kept) {
  const [from, to] = [Date.parse(row.dataset.start), Date.parse(row.dataset.end)];
  const others = kept.filter((other) => other !== row && Date.parse(other.dataset.start) < to && Date.parse(other.dataset.end) > from);
  if (others.length === 0) return;
  const said = document.createElement("p");
  said.className = "agenda-clash";
  const names = others.map((other) => other.querySelector(".session-title")?.textContent.trim());
  said.textContent = (agenda.dataset.clashText ?? "%s").replace("%s", names.join("; "));
  (row.querySelector(".session-body") ?? row).append(said);
}

/** @param {Element} agenda @param {() => Set<string>} shown */
function shareButtons(agenda, shown) {
  const copy = agenda.querySelector("[data-agenda-copy]");
  copy?.addEventListener("click", async () => {
    const address = new URL(location.pathname, location.href);
    address.search = `?sesje=${[...shown()].map(encodeURIComponent).join(",")}`;
    try {
      await navigator.clipboard.writeText(address.href);
      copy.textContent = copy.dataset.copied ?? copy.textContent;
    } catch {
      location.href = address.href; // the address bar then holds the link
    }
  });
}
