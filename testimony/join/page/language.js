// The page's sentences in English and French, and the one that is spoken now.

export const languages = ["en", "fr"];

let catalogue = {};
export let lang = "en";

/** The first language of the browser that the page speaks. */
export function preferred() {
  for (const tag of navigator.languages ?? [navigator.language]) {
    const short = String(tag).slice(0, 2).toLowerCase();
    if (languages.includes(short)) return short;
  }
  return "en";
}

export async function speak(wanted) {
  const response = await fetch(new URL(`./${wanted}.json`, import.meta.url));
  catalogue = await response.json();
  lang = wanted;
  document.documentElement.lang = wanted;
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

export async function wordList(of) {
  const response = await fetch(new URL(`./words.${of}.json`, import.meta.url));
  return response.json();
}
