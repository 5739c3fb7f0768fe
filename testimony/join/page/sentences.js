// What the audience matrix says, as plain sentences.

import { lang, t } from "./language.js";

const order = ["bench", "assessor", "prosecution", "defence", "interpreter", "support", "coordinator", "accused", "gallery", "press"];
const nobody = { picture: "nothing", voice: "nothing" };

/** What each audience receives of the witness who reads this: one sentence for each group that receives the same. */
export function whatOthersReceive(what) {
  const groups = new Map();
  for (const audience of order) {
    const cell = what[audience];
    if (!cell) continue;
    const key = `${cell.picture}/${cell.voice}`;
    if (!groups.has(key)) groups.set(key, { cell, who: [] });
    groups.get(key).who.push(audience);
  }
  return [...groups.values()].map(({ cell, who }) => sentence(names(who), cell));
}

/** Names of audiences; counsel of both sides together are "the lawyers" where the language has one word for them. */
function names(who) {
  if (!t("who.lawyers") || !who.includes("prosecution") || !who.includes("defence")) return who;
  return who.filter((w) => w !== "defence").map((w) => (w === "prosecution" ? "lawyers" : w));
}

function sentence(who, cell) {
  const many = who.length > 1 || who[0] === "lawyers" ? "many" : "one";
  const subject = capital(list(who.map((w) => t(`who.${w}`))));
  if (cell.picture === cell.voice && ["clear", "nothing"].includes(cell.picture)) {
    return t(`list.${cell.picture}.${many}`, { who: subject });
  }
  const picture = t(`picture.${cell.picture}.${many}`);
  const voice = t(`voice.${cell.voice}.${many}`);
  const unlike = (cell.picture === "nothing") !== (cell.voice === "nothing");
  return t(unlike ? "list.but" : "list.join", { who: subject, picture, voice });
}

function list(parts) {
  if (parts.length < 2) return parts.join("");
  return t("list.last", { first: parts.slice(0, -1).join(t("list.comma")), last: parts.at(-1) });
}

const capital = (text) => text.charAt(0).toLocaleUpperCase(lang) + text.slice(1);

/** What the guest who reads this receives of the witness. */
export function whatYouReceive(cell) {
  const { picture, voice } = cell ?? nobody;
  return t("you.join", { picture: t(`you.picture.${picture}`), voice: t(`you.voice.${voice}`) });
}

export const receivesNothing = (cell) => !cell || (cell.picture === "nothing" && cell.voice === "nothing");

/** The banner that a state stands for. */
export function bannerOf(state) {
  if (state.banner) return state.banner;
  const phases = { break: "break", interruption: "interruption", identity: "identity", lobby: "lobby", closed: "ended" };
  return phases[state.phase] ?? state.mode;
}

/** The time of day in a zone, in the page's language. */
export function timeIn(zone, at = new Date()) {
  try {
    return new Intl.DateTimeFormat(lang, { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  } catch {
    return "";
  }
}

/** The place that a zone is named after. */
export const placeOf = (zone) => zone.split("/").at(-1).replaceAll("_", " ");
