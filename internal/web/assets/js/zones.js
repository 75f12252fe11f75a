/** The visitor's own hour beside the congress's, where the two differ. */

/** @param {Date} at @param {string} [zone] */
const clockIn = (at, zone) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "short", hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone,
  }).format(at);

/** @param {Document} page */
export function start(page) {
  for (const hint of page.querySelectorAll("time[data-zone-hint]")) {
    const at = new Date(hint.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const own = clockIn(at);
    if (own === clockIn(at, hint.dataset.zone || undefined)) continue;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    hint.textContent = (hint.dataset.text ?? "%t").replace("%t", own).replace("%z", zone);
    hint.hidden = false;
  }
}
