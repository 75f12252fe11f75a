/**
 * The composer of a kaleidoscope: talks can be dragged between cycles, or moved
 * from the keyboard. Each move is saved at once by the same form that the buttons
 * send; what the server answers takes the place of the page's part, and the talk
 * keeps the focus. The sentences stand on [data-composer].
 */

/** @param {Document} page */
export function start(page) {
  const board = page.querySelector("[data-composer]");
  if (!board) return;
  equip(board);
  board.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-move]")) return;
    event.preventDefault();
    const sent = new FormData(form, event.submitter);
    queue(board, { ...Object.fromEntries(sent), at: form.closest("[data-talk]")?.dataset.talk, press: pressed(event.submitter) });
  });
  board.addEventListener("keydown", (event) => keyed(board, event));
  board.addEventListener("click", (event) => {
    const handle = event.target.closest("[data-grab]");
    if (handle) grab(board, handle.closest("[data-talk]"));
  });
  drags(board);
}

/** Shows what only works with script. */
function equip(board) {
  for (const hidden of board.querySelectorAll("[data-grab], [data-keys]")) hidden.hidden = false;
  for (const talk of board.querySelectorAll("[data-talk]")) {
    talk.draggable = true;
    talk.tabIndex = 0;
  }
}

/** Which button was pressed, to find it again. */
function pressed(button) {
  return button?.name === "do" ? `button[name="do"][value="${button.value}"]` : "select, button";
}

let held = ""; // code of the talk that arrows move

/** @param {HTMLElement} board @param {KeyboardEvent} event */
function keyed(board, event) {
  const talk = event.target.closest("[data-talk]");
  if (!talk || event.target.matches("select, input")) return;
  const grabbed = held === talk.dataset.talk;
  if (grabbed && (event.key === "Escape" || (event.key === "Enter" && !event.target.matches("[data-grab]")))) {
    event.preventDefault();
    grab(board, talk);
    return;
  }
  if (!event.key.startsWith("Arrow") || !(grabbed || event.altKey) || event.ctrlKey || event.metaKey) return;
  const sideways = event.shiftKey || event.key === "ArrowLeft" || event.key === "ArrowRight";
  const back = event.key === "ArrowUp" || event.key === "ArrowLeft";
  event.preventDefault();
  const cycle = Number(talk.dataset.cycle);
  if (sideways || cycle === 0) {
    const to = cycle + (back ? -1 : 1);
    if (to >= 0 && board.querySelector(`[data-list="${to}"]`)) queue(board, { do: to ? "to" : "off", cycle: to, position: 0, code: talk.dataset.talk });
    return;
  }
  queue(board, { do: back ? "up" : "down", code: talk.dataset.talk });
}

/** Takes a talk, or puts down the one that was taken. */
function grab(board, talk) {
  const before = held;
  held = before === talk.dataset.talk ? "" : talk.dataset.talk;
  mark(board);
  say(board, held ? board.dataset.grabbed : board.dataset.dropped, talk);
}

function mark(board) {
  for (const talk of board.querySelectorAll("[data-talk]")) {
    talk.classList.toggle("is-grabbed", talk.dataset.talk === held);
    talk.querySelector("[data-grab]")?.setAttribute("aria-pressed", String(talk.dataset.talk === held));
  }
}

/** @param {HTMLElement} board */
function drags(board) {
  let dragged = null;
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-talk]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.talk);
    dragged.classList.add("is-dragged");
  });
  board.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    unline(board);
  });
  board.addEventListener("dragover", (event) => {
    const list = event.target.closest("[data-list]");
    if (!dragged || !list) return;
    event.preventDefault();
    unline(board);
    before(list, dragged, event.clientY)?.classList.add("is-before");
    list.classList.add("is-over");
  });
  board.addEventListener("drop", (event) => {
    const list = event.target.closest("[data-list]");
    if (!dragged || !list) return;
    event.preventDefault();
    const next = before(list, dragged, event.clientY);
    const others = [...list.querySelectorAll("[data-talk]")].filter((talk) => talk !== dragged);
    const position = next ? others.indexOf(next) + 1 : others.length + 1;
    queue(board, { do: list.dataset.list === "0" ? "off" : "to", cycle: list.dataset.list, position, code: dragged.dataset.talk });
    unline(board);
  });
}

/** The talk of a list before which something dropped at the height y would stand. */
function before(list, dragged, y) {
  return [...list.querySelectorAll("[data-talk]")].find((talk) => {
    const box = talk.getBoundingClientRect();
    return talk !== dragged && y < box.top + box.height / 2;
  });
}

function unline(board) {
  for (const lined of board.querySelectorAll(".is-before, .is-over")) lined.classList.remove("is-before", "is-over");
}

let last = Promise.resolve();

/** Sends one move after the other: each needs the revision that the one before has made. */
function queue(board, move) {
  last = last.then(() => send(board, move)).catch(() => say(board, board.dataset.failed, null));
}

async function send(board, move) {
  const first = board.querySelector("form[data-move]");
  const revision = board.querySelector('input[name="revision"]')?.value;
  if (!first || revision === undefined) return;
  const body = new URLSearchParams({ revision, do: move.do ?? "", code: move.code ?? "", cycle: move.cycle ?? "", position: move.position ?? "" });
  const answer = await fetch(first.action.split("#")[0], { method: "POST", body, headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-composer]");
  if (!fresh) {
    location.reload(); // signed out, or the session is no kaleidoscope any more
    return;
  }
  replace(board, fresh, move);
}

/** Puts what the server has in place of the old part; the live region stays, or nobody would hear it. */
function replace(board, fresh, move) {
  const said = board.querySelector("[data-said]");
  const keep = fresh.querySelector("[data-said]");
  keep?.replaceWith(said);
  board.replaceChildren(...fresh.childNodes);
  equip(board);
  mark(board);
  const again = board.querySelector("#again");
  if (again) {
    again.focus();
    return;
  }
  const talk = board.querySelector(`[data-talk="${CSS.escape(move.at ?? move.code ?? "")}"]`);
  if (!talk) return;
  ((move.press && talk.querySelector(move.press)) || talk).focus();
  say(board, talk.dataset.cycle === "0" ? board.dataset.off : board.dataset.moved, talk);
}

/** @param {HTMLElement} board @param {string} sentence @param {HTMLElement | null} talk */
function say(board, sentence, talk) {
  const line = board.querySelector("[data-said]");
  if (!line) return;
  const { title = "", cycle = "", position = "", when = "–" } = talk?.dataset ?? {};
  line.textContent = (sentence ?? "").replace("%t", title).replace("%c", cycle).replace("%p", position).replace("%h", when || "–");
}
