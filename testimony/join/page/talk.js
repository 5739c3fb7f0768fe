// Private talks between counsel and client: asking and agreeing, the talk itself, in which nobody else hears, and the way back from it.

import { t } from "./language.js";

const $ = (id) => document.getElementById(id);

let act;
let drawn = "";

export function listen(acts) {
  act = acts;
  $("talk-end").onclick = () => act.talk("end");
  $("talk-back").onclick = () => act.talk("back");
}

/** Whether this device's microphone goes to one person alone: only as long as the court is there and says so. */
export const talking = (app) => !app.lost && !app.held && Boolean(app.state?.admitted && app.state.talk?.with);

/** Whether nothing is sent to the court because of a talk: while it goes on, and until the guest says that they are back. */
export const apart = (app) => Boolean(app.state?.talk?.with || app.state?.talk?.over);

const nameOf = (talk, id) => {
  const person = talk.can?.find((p) => p.id === id);
  return person?.label || t(`role.${person?.role ?? "guest"}`);
};

export function show(app) {
  const talk = app.lost || app.held ? null : app.state?.talk;
  $("hearing").classList.toggle("apart", Boolean(talk?.with || talk?.over));
  showState(talk);
  showAsks(talk);
}

function showState(talk) {
  const on = Boolean(talk?.with);
  const over = !on && Boolean(talk?.over);
  $("talk").hidden = !on && !over;
  $("talk").classList.toggle("on", on);
  $("talk-end").hidden = !on;
  $("talk-back").hidden = !over;
  const set = (id, text) => $(id).textContent !== text && ($(id).textContent = text);
  set("talk-title", on ? t("talk.title") : over ? t("talk.over") : "");
  set("talk-text", on ? t("talk.text", { who: nameOf(talk, talk.with) }) : over ? t("talk.over.text") : "");
}

/** The buttons with which a talk is asked for, agreed to, declined or taken back. */
function showAsks(talk) {
  const can = talk && !talk.with && !talk.over ? (talk.can ?? []) : [];
  $("talk-asks").hidden = can.length === 0;
  const key = JSON.stringify([t("talk.title"), can, talk?.asked, talk?.asked_by]);
  if (drawn === key) return;
  drawn = key;
  $("talk-asks").replaceChildren(
    ...can.flatMap((person) => {
      const who = nameOf(talk, person.id);
      const asks = Boolean(talk.asked_by?.includes(person.id));
      const asked = talk.asked === person.id;
      const said = asks ? [line(t("talk.asks", { who }))] : asked ? [line(t("talk.asked", { who }))] : [];
      if (asked) return [...said, button(t("talk.takeback"), false, () => act.talk("end"))];
      const ask = button(t("talk.ask", { who }), asks, () => act.talk("ask", person.id));
      return asks ? [...said, ask, button(t("talk.decline"), false, () => act.talk("end"))] : [ask];
    }),
  );
}

function line(text) {
  return Object.assign(document.createElement("p"), { textContent: text });
}

function button(text, primary, run) {
  return Object.assign(document.createElement("button"), { type: "button", className: primary ? "primary" : "plain", textContent: text, onclick: run });
}

/** Takes a notice about a talk; answers whether it was one. */
export function notice(text, told) {
  if (!["talk_break", "talk_refused"].includes(text)) return false;
  told(text === "talk_break" ? "talk.break" : "talk.refused");
  return true;
}
