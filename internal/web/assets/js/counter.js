/**
 * How much is left in a field: data-counter-for="ID" on the sentence, with data-most, and data-unit="words" where
 * words are counted and not characters. The server counts the same way: characters as a reader sees them, words that
 * have a letter or a digit in them.
 */

/** @param {Document} page */
export function start(page) {
  for (const said of page.querySelectorAll("[data-counter-for]")) {
    const field = page.getElementById(said.dataset.counterFor);
    const count = said.dataset.unit === "words" ? words : characters;
    if (!field) continue;
    const paint = () => {
      const left = Number(said.dataset.most) - count(field.value.replaceAll("\r\n", "\n").trim().normalize("NFC"));
      said.textContent = `${left < 0 ? said.dataset.over : said.dataset.left} ${Math.abs(left)}`;
      said.classList.toggle("is-over", left < 0);
    };
    field.addEventListener("input", paint);
    paint();
  }
}

const graphemes = "Segmenter" in Intl ? new Intl.Segmenter() : null;

const characters = (text) => graphemes ? [...graphemes.segment(text)].length : [...text].length;

const words = (text) => text.split(/\s+/u).filter((word) => /[\p{L}\p{Nd}]/u.test(word)).length;
