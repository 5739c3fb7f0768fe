// The text line to the court's clerk. What is written is on this page alone and goes with it; it is shown as it was typed, and only once the court has taken it in.

import { t } from "./language.js";

const $ = (id) => document.getElementById(id);
const phrases = ["hear", "see", "interpreter", "language", "slower", "unwell", "yes", "no"];
const answers = ["seen", "wait", "call", "aloud"];
const most = 280; // characters, as the court takes them
const kept = 60; // messages on the page

let told = ""; // key of what stands below the field

export function listen(act) {
  $("clerk-phrases").replaceChildren(
    ...phrases.map((phrase) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "plain" });
      button.dataset.phrase = phrase;
      button.onclick = () => write(act, { phrase });
      return button;
    }),
  );
  $("clerk-form").onsubmit = (event) => {
    event.preventDefault();
    const words = typed();
    if (words) write(act, { words });
  };
  $("clerk").ontoggle = act.opened;
}

/** What stands in the field, as the court takes it: one line of at most so many characters. */
const typed = () => [...$("clerk-words").value.replace(/\s+/g, " ").trim()].slice(0, most).join("");

function write(act, message) {
  say(act.write(message) ? "" : "clerk.unsent");
}

function say(key) {
  told = key;
  $("clerk-told").textContent = key && t(key);
}

/** Takes in a message that the court has taken in or that the clerk wrote. */
export function take(app, message) {
  const { clerk = false, phrase = "", words = "" } = message;
  if (phrase && !(clerk ? answers : phrases).includes(phrase)) return;
  app.written.push({ clerk, phrase, words });
  app.written.splice(0, app.written.length - kept);
  if (clerk && !$("clerk").open) app.unread = true;
  if (!clerk && words && words === typed()) $("clerk-words").value = "";
  if (!clerk) say("");
}

export const slow = () => say("clerk.slow");

/** Shows the line where the guest is now. Gallery and press have none. */
export function show(app, screen, hidden) {
  const place = { lobby: $("lobby-clerk"), hearing: $("hearing-clerk") }[screen];
  const shown = Boolean(place) && !["gallery", "press"].includes(app.welcome?.role) && !hidden;
  $("clerk").hidden = !shown;
  if (!shown) {
    if (screen === "ended") wipe(app);
    return;
  }
  if ($("clerk").parentElement !== place) place.append($("clerk"));
  if ($("clerk").open) app.unread = false;
  $("clerk-title").textContent = t(app.unread ? "clerk.new" : "clerk.title");
  $("clerk").classList.toggle("new", app.unread);
  $("clerk-kept").hidden = screen === "lobby";
  $("clerk-told").textContent = told && t(told);
  for (const button of $("clerk-phrases").children) button.textContent = t(`clerk.say.${button.dataset.phrase}`);
  showList(app);
}

function showList(app) {
  const all = app.written.map(({ clerk, phrase, words }) => [clerk ? t("clerk.clerk") : t("clerk.you"), phrase ? t(`clerk.${clerk ? "answer" : "say"}.${phrase}`) : words, clerk]);
  const now = JSON.stringify(all);
  if ($("clerk-list").dataset.now === now) return;
  $("clerk-list").dataset.now = now;
  $("clerk-list").hidden = all.length === 0;
  $("clerk-list").replaceChildren(
    ...all.map(([who, text, clerk]) => {
      const item = document.createElement("li");
      item.classList.toggle("mine", !clerk);
      const name = Object.assign(document.createElement("span"), { className: "small", textContent: who });
      item.append(name, Object.assign(document.createElement("p"), { textContent: text, dir: "auto" }));
      return item;
    }),
  );
  $("clerk-list").scrollTop = $("clerk-list").scrollHeight;
}

/** Nothing of the line stays on the page once the hearing is over for this guest. */
function wipe(app) {
  app.written = [];
  app.unread = false;
  $("clerk-words").value = "";
  $("clerk-list").dataset.now = "";
  $("clerk-list").replaceChildren();
  say("");
}
