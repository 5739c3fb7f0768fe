// What the witness sees and hears of their own concealment: the trial before the testimony, and the changed voice whenever they ask for it.

import { t } from "./language.js";

const $ = (id) => document.getElementById(id);

let said = 0; // timer of the last word on the own voice

export function listen(act) {
  $("voice-hear").onclick = act.voice;
  $("trial-yes").onclick = () => answer(act, true);
  $("trial-no").onclick = () => answer(act, false);
}

function answer(act, seen) {
  $("trial-answers").hidden = true;
  act.seen(seen);
}

export function show(app) {
  const trial = app.lost ? null : app.state?.trial;
  $("trial").hidden = !trial;
  if (trial) {
    const key = trial.stage === "answer" ? `answer.${trial.voice ? "both" : "drawing"}` : trial.stage;
    const fresh = $("trial").dataset.stage !== trial.stage;
    $("trial-text").textContent = t(`trial.${key}`);
    if (fresh) $("trial-answers").hidden = trial.stage !== "answer";
  }
  $("trial").dataset.stage = trial?.stage ?? "";
  const changed = Object.values(app.state?.what ?? {}).some((cell) => cell.voice === "disguised");
  $("voice-hear").hidden = app.welcome.role !== "witness" || !changed || app.lost || Boolean(trial);
}

/** A word of the court on the own voice; tells whether it was one. */
export function notice(text) {
  const name = /^voice_(speak|play|none|later|done)$/.exec(text)?.[1];
  if (!name) return false;
  const say = (words) => ($("voice-told").textContent = words);
  clearTimeout(said);
  say(name === "done" ? "" : t(`voice.${name}`));
  if (["none", "later"].includes(name)) said = setTimeout(() => say(""), 12000);
  return true;
}
