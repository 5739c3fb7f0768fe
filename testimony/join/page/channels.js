// The channels of interpretation: what this guest listens to, how loud the interpreter is against the room, and, for an interpreter, into which
// language they speak.

import { lang, languages, t } from "./language.js";

const $ = (id) => document.getElementById(id);

let act;
const drawn = { heard: "", interpret: "" };

export function listen(acts) {
  act = acts;
  $("balance").oninput = () => act.balance(Number($("balance").value) / 100);
}

export function show(app) {
  const channels = app.state?.channels ?? [];
  const interpreted = app.stage.interpreted();
  $("heard").hidden = channels.length === 0 && !interpreted;
  $("balance-row").hidden = !interpreted;
  drawChannels(app, channels);
  drawInterpreter(app);
}

function drawChannels(app, channels) {
  const { state } = app;
  const chosen = state?.channel && (state.channel === "floor" || channels.includes(state.channel)) ? state.channel : "";
  const key = JSON.stringify([lang, channels, chosen]);
  if (drawn.heard === key) return;
  drawn.heard = key;
  const offered = channels.length ? ["", "floor", ...channels] : [];
  $("heard-list").replaceChildren(
    ...offered.map((channel) => {
      const label = document.createElement("label");
      const dot = document.createElement("input");
      Object.assign(dot, { type: "radio", name: "heard", checked: channel === chosen, value: channel });
      dot.onchange = () => act.channel(channel);
      const named = document.createElement("bdi");
      named.textContent = channel === "" ? t("heard.default") : channel === "floor" ? t("heard.floor") : nameOf(channel);
      label.append(dot, named);
      return label;
    }),
  );
}

function drawInterpreter(app) {
  const { state } = app;
  const interprets = app.welcome?.role === "interpreter" && Boolean(state?.admitted);
  $("interpret").hidden = !interprets;
  if (!interprets) return;
  const into = state.into ?? "";
  const codes = languages.map((l) => l.code);
  if (into && !codes.includes(into)) codes.push(into);
  const key = JSON.stringify([lang, codes, into]);
  if (drawn.interpret === key) return;
  drawn.interpret = key;
  $("interpret-list").replaceChildren(
    ...["", ...codes].map((code) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "plain";
      button.textContent = code ? nameOf(code) : t("interpret.everyone");
      button.setAttribute("aria-pressed", String(code === into));
      button.onclick = () => act.interpret(code);
      return button;
    }),
  );
}

/** A language's name in the language of the page. */
function nameOf(tag) {
  try {
    return new Intl.DisplayNames([lang], { type: "language" }).of(tag);
  } catch {
    return languages.find((l) => l.code === tag)?.name ?? tag;
  }
}
