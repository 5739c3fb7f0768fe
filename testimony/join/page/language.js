// The page's sentences, and the language that is spoken now. Each language is a data file of the court's; the page takes
// sentences from them and nothing else.

let catalogue = {};
export let lang = "en";
export let languages = []; // {code, name, direction}

const part = async (name) => (await fetch(new URL(`./${name}`, import.meta.url))).json();

export async function learn() {
  languages = await part("languages.json");
}

export const speaks = (code) => languages.some((l) => l.code === code);

/** The first language of the browser that the page speaks. */
export function preferred() {
  for (const tag of navigator.languages ?? [navigator.language]) {
    const whole = String(tag);
    const found = languages.find((l) => l.code.toLowerCase() === whole.toLowerCase());
    if (found) return found.code;
    const short = whole.split("-")[0].toLowerCase();
    if (speaks(short)) return short;
  }
  return "en";
}

export async function speak(wanted) {
  catalogue = await part(`in.${wanted}.json`);
  lang = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dir = languages.find((l) => l.code === wanted)?.direction ?? "ltr";
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = t(element.dataset.text);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
}

/** A sentence by its key, with {names} filled in. */
export function t(key, values = {}) {
  const text = catalogue[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export const knows = (key) => key in catalogue;

/** The list that verification words in a language come from: its own, or numbers. */
export const listOf = (code) => (["en", "fr"].includes(code.split("-")[0]) ? code.split("-")[0] : "numbers");

export const wordList = (of) => part(`words.${of}.json`);
