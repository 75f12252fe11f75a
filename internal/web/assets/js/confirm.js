/**
 * Before a destructive form is sent, a dialog says what will be lost. Without
 * script the server asks on a page of its own.
 */

/** @param {Document} page */
export function start(page) {
  page.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    ask(page, form, event.submitter);
  });
}

/** @param {Document} page @param {HTMLFormElement} form @param {HTMLElement | null} button */
function ask(page, form, button) {
  const dialog = make("dialog");
  const title = make("h2", form.dataset.confirm);
  title.id = "confirm-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const no = make("button", form.dataset.confirmNo, "button button-quiet");
  const yes = make("button", form.dataset.confirmYes, "button button-danger");
  const row = make("p", "", "button-row");
  row.append(no, yes);
  dialog.append(title, make("p", form.dataset.confirmText ?? ""), row);
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "yes";
    dialog.close();
    form.requestSubmit(button ?? undefined);
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    button?.focus();
  });
  page.body.append(dialog);
  dialog.showModal();
  no.focus(); // the harmless answer is the one under Enter
}

/** @param {string} name @param {string} [text] @param {string} [look] */
function make(name, text = "", look = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (look) made.className = look;
  if (made instanceof HTMLButtonElement) made.type = "button";
  return made;
}
