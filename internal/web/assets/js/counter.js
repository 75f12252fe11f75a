/** Characters left in a field: data-counter="300" on it, data-counter-for="ID" on the sentence. */

/** @param {Document} page */
export function start(page) {
  for (const field of page.querySelectorAll("[data-counter]")) {
    const said = page.querySelector(`[data-counter-for="${CSS.escape(field.id)}"]`);
    if (!said) continue;
    const paint = () => {
      const left = Number(field.dataset.counter) - [...field.value].length;
      const text = left < 0 ? field.dataset.counterOver : field.dataset.counterText;
      said.textContent = (text ?? "%n").replace("%n", String(Math.abs(left)));
      said.classList.toggle("is-over", left < 0);
    };
    field.addEventListener("input", paint);
    paint();
  }
}
