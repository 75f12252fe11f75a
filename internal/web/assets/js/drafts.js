/**
 * Drafts: a form with data-autosave sends its fields to that address two
 * seconds after the last key, and every ten seconds while somebody types. It
 * never replaces the button: it says when it last succeeded, or that it failed.
 */

const pauseMs = 2_000;
const everyMs = 10_000;

/** @param {Document} page */
export function start(page) {
  for (const form of page.querySelectorAll("form[data-autosave]")) watch(form);
}

/** @param {HTMLFormElement} form */
function watch(form) {
  const status = form.querySelector("[data-autosave-status]");
  let pause = 0, last = Date.now(), busy = false, again = false;

  const say = (text) => {
    if (status && text) status.textContent = text.replace("%t", clock());
  };
  const save = async () => {
    clearTimeout(pause);
    if (busy) {
      again = true; // typed on while the last one was under way
      return;
    }
    busy = true;
    last = Date.now();
    say(form.dataset.autosaveSaving);
    say(await send(form) ? form.dataset.autosaveSaved : form.dataset.autosaveFailed);
    busy = false;
    if (again) {
      again = false;
      pause = setTimeout(save, pauseMs);
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(pause);
    if (Date.now() - last >= everyMs) save();
    else pause = setTimeout(save, pauseMs);
  });
  form.addEventListener("submit", () => clearTimeout(pause));
}

/** Files are left out: they go with the form itself. @param {HTMLFormElement} form */
async function send(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") fields.append(name, value);
  }
  try {
    const answer = await fetch(form.dataset.autosave, { method: "POST", body: fields, credentials: "same-origin", redirect: "manual" });
    return answer.ok;
  } catch {
    return false;
  }
}

/** The hour of the visitor's clock, as the page's language writes it. */
const clock = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit" }).format(new Date());
