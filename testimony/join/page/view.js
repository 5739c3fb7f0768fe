// Shows the page's state. Everything on the screen follows from it; nothing here knows the court.

import * as channels from "./channels.js";
import * as clerk from "./clerk.js";
import * as concealed from "./concealed.js";
import { knows, lang, languages, t } from "./language.js";
import { showLevel } from "./media.js";
import * as talk from "./talk.js";
import { bannerOf, placeOf, receivesNothing, timeIn, whatOthersReceive, whatYouReceive } from "./sentences.js";

const $ = (id) => document.getElementById(id);
const screens = ["opening", "before", "devices", "checking", "lobby", "hearing", "ended"];
const prepares = (app) => app.welcome?.role === "witness";

const asksOf = {
  witness: ["understand", "break", "pause", "someone"],
  interpreter: ["understand", "hand", "break"],
  prosecution: ["hand"],
  defence: ["hand"],
  accused: ["understand", "hand"],
  judge: ["hand"],
  assessor: ["understand", "hand"],
  support: ["hand", "pause", "someone", "alarm"],
  coordinator: ["hand", "pause", "someone", "alarm"],
};

let screen = "opening";
let own = null;
let stopLevel = () => {};
let toldTimer = 0;
let fault = "";

export function listen(act, app) {
  const click = (id, run) => ($(id).onclick = run);
  click("allow", act.allow);
  click("without", act.without);
  click("microphone", act.microphone);
  click("camera", act.camera);
  click("sound", act.sound);
  click("again", act.again);
  click("erase", act.erase);
  for (const button of document.querySelectorAll("[data-ask]")) button.onclick = () => act.ask(button.dataset.ask);
  click("held-ready", act.ready);
  click("low", act.low);
  concealed.listen(act);
  channels.listen(act);
  clerk.listen(act);
  talk.listen(act);
  quietly(act.alarm);
  for (const id of ["leave", "lobby-leave"]) click(id, () => $("leaving").showModal());
  click("stay", () => $("leaving").close());
  click("go", () => {
    $("leaving").close();
    act.leave();
  });
  click("before-read", act.read);
  click("before-explain", () => act.ask("understand"));
  click("check-tone", () => {
    act.hum();
    askForTone("check.heard");
  });
  click("check-yes", () => act.checked(true));
  click("check-no", () => askForTone("check.none"));
  click("check-go", () => act.checked(false));
  $("language").replaceChildren(
    ...languages.map((l) => Object.assign(document.createElement("option"), { value: l.code, lang: l.code, dir: l.direction, textContent: l.name })),
  );
  $("language").value = lang;
  $("language").onchange = () => act.language($("language").value);
  setInterval(() => showClock(app), 5000);
}

/** Three presses on the title, or three times Escape, call for help. Nothing is shown of it. */
function quietly(alarm) {
  const within = 2500;
  const thrice = () => {
    let times = [];
    return () => {
      const now = performance.now();
      times = [...times, now].filter((at) => now - at < within);
      if (times.length < 3) return;
      times = [];
      alarm();
    };
  };
  const pressed = thrice();
  const escaped = thrice();
  $("title").addEventListener("pointerdown", pressed);
  $("title").addEventListener("mousedown", (event) => event.preventDefault()); // which would move the focus and select the text
  addEventListener("keydown", (event) => event.key === "Escape" && !event.repeat && escaped());
}

export function render(app) {
  $("language").value = lang;
  showScreen(whichScreen(app));
  $("title").textContent = t(titleOf(app));
  document.body.dataset.role = app.welcome?.role ?? "";
  showLost(app);
  showBanner(app);
  showClock(app);
  showSteps(app);
  if (screen === "devices") showFault();
  if (screen === "lobby") showLobby(app);
  if (screen === "hearing") showHearing(app);
  else app.stage.clear();
  if (screen === "ended") showEnded(app.ended);
  clerk.show(app, screen, isQuiet(app));
  keepLevel();
}

function whichScreen(app) {
  if (app.ended) return "ended";
  if (!app.welcome) return "opening";
  if (prepares(app) && !app.taken.has("rights")) return "before";
  if (!app.ready) return "devices";
  if (prepares(app) && !app.taken.has("devices") && !app.taken.has("silent") && !app.state?.admitted) return "checking";
  if (app.lost) return screen === "hearing" ? "hearing" : "lobby";
  return app.state?.admitted ? "hearing" : "lobby";
}

function showScreen(wanted) {
  if (screen === wanted) return;
  screen = wanted;
  for (const id of screens) $(id).hidden = id !== wanted;
  if (wanted === "ended") $("leaving").close();
  $("main").focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** The three steps before the hearing are those of the witness alone. */
function showSteps(app) {
  for (const element of document.querySelectorAll("[data-step]")) {
    element.hidden = !prepares(app);
    element.textContent = t("before.step", { n: element.dataset.step, all: "3" });
  }
}

/** Asks whether the sound was heard, or says what to do when it was not. */
function askForTone(key) {
  $("check-ask").dataset.text = key;
  setText("check-ask", t(key));
  $("check-answers").hidden = false;
  $("check-go").hidden = key !== "check.none";
}

/** After "someone came in" nothing on the page tells what it is for, until the witness can go on. */
const isQuiet = (app) => screen === "hearing" && app.held?.why === "someone" && !app.held.ready;

function titleOf(app) {
  if (isQuiet(app)) return "lobby.title";
  const key = `title.${app.welcome?.role}`;
  return knows(key) ? key : "title.guest";
}

function showLost(app) {
  const lost = app.lost && !app.ended;
  $("lost").hidden = !lost;
  setText("lost", lost ? t(app.altered ? "lost.altered" : app.busy ? "lost.busy" : "lost.retrying") : "");
}

function showBanner(app) {
  const state = app.state;
  const shown = Boolean(state) && !app.lost && !app.ended && (state.admitted || state.phase !== "lobby") && !isQuiet(app);
  $("banner").hidden = !shown;
  if (!shown) return;
  const banner = app.held ? "held" : talk.talking(app) ? "talk" : bannerOf(state);
  $("banner").dataset.banner = banner;
  const more = [];
  if (state.reason && ["private", "closed", "break"].includes(banner)) more.push(t("banner.reason", { reason: state.reason.replace(/[.\s]+$/, "") }));
  if (state.returning) {
    const at = new Date(state.returning);
    if (!Number.isNaN(at.valueOf())) more.push(t("banner.returning", { time: timeIn(state.clock?.court, at) }));
  }
  if (state.restricted) more.push(t("banner.restricted"));
  setText("banner-word", t(`banner.${banner}`));
  setText("banner-line", t(`banner.${banner}.line`));
  setText("banner-more", more.join(" "));
}

function showClock(app) {
  const { court, witness } = app.state?.clock ?? {};
  const parts = [];
  if (court) parts.push(t("clock.court", { time: timeIn(court) }));
  if (witness && witness !== court) {
    const own = app.welcome?.role === "witness";
    const time = timeIn(witness);
    parts.push(own ? t("clock.witness", { time }) : `${placeOf(witness)} ${time}`);
  }
  $("clock").replaceChildren(...(app.ended || isQuiet(app) ? [] : parts).map((text) => Object.assign(document.createElement("span"), { textContent: text })));
}

export function deviceFault(kind) {
  fault = kind;
  showFault();
}

function showFault() {
  $("devices-fault").hidden = !fault;
  setText("devices-fault", fault && t(`devices.${fault}`));
  $("without").hidden = !fault;
  $("allow").textContent = t(fault ? "ended.try_again" : "devices.allow");
}

function showLobby(app) {
  const away = Boolean(app.state) && app.state.phase !== "lobby";
  const [title, text] = away
    ? ["lobby.away", "lobby.away.text"]
    : app.state?.waiting
      ? ["lobby.waiting", "lobby.waiting.text"]
      : prepares(app)
      ? ["lobby.witness.title", "lobby.witness.text"]
      : ["lobby.title", "lobby.text"];
  setText("lobby-title", t(title));
  setText("lobby-text", t(text));
  const gallery = ["gallery", "press"].includes(app.welcome.role);
  $("lobby-words").hidden = app.lost;
  $("lobby-gallery").hidden = !gallery;
  $("check").hidden = gallery || !own;
  showWords(app);
}

function showWords(app) {
  const said = app.list === "numbers" ? lang : app.list;
  setText("words-title", t(app.list === "numbers" ? "words.numbers" : "words.title"));
  const items = app.words.map((word) => {
    const item = document.createElement("li");
    item.textContent = word;
    return item;
  });
  $("words").lang = said;
  if ($("words").textContent !== app.words.join("")) $("words").replaceChildren(...items);
  $("words-small").lang = said;
  setText("words-small", app.words.join(" · "));
}

function showHearing(app) {
  const { state, welcome } = app;
  const banner = state && !app.lost ? bannerOf(state) : "";
  const role = welcome.role;
  const gallery = ["gallery", "press"].includes(role);
  const shielded = gallery && ["private", "closed", "identity", "ended"].some((b) => b === banner || b === state?.mode);
  app.stage.setLines(shielded || app.lost || isQuiet(app) ? [] : app.lines);
  showHeld(app);
  showSlate(app, banner, shielded);
  showWhat(app, banner, gallery);
  showOwnTile(app);
  showPublicTile(app);
  showAsks(role);
  showOwnButtons(app, gallery);
  $("seen").hidden = gallery;
  channels.show(app);
  talk.show(app);
  showOath(app);
  concealed.show(app);
  app.low.show(app);
  showWords(app);
}

/** The words that the witness binds themselves to the truth with, in the language of the page. */
function showOath(app) {
  const form = app.lost || app.held ? "" : app.state?.oath;
  const known = ["oath", "affirmation", "promise"].includes(form);
  $("oath").hidden = !known;
  setText("oath-text", known ? t(`oath.${form}`) : "");
}

/** While the witness's side has stopped everything, the page shows that and how to go on, and nothing else. */
function showHeld(app) {
  const { held } = app;
  $("hearing").classList.toggle("stopped", Boolean(held));
  $("hearing").classList.toggle("quiet", isQuiet(app));
  $("held").hidden = !held;
  if (!held) return;
  setText("held-text", t(held.ready ? "held.wait" : "held.text"));
  setText("held-more", !held.seen && app.lost ? t("held.unsent") : "");
  $("held-ready").hidden = held.ready;
}

function showSlate(app, banner, shielded) {
  const pictures = app.stage.lines.some((l) => l.kind === "video");
  const resting = { break: "break", interruption: "interruption", held: "held", lobby: "wait" }[banner];
  const { role } = app.welcome;
  const empty = ["gallery", "press"].includes(role) && receivesNothing(app.state?.what?.[role]) && !pictures;
  const shown = shielded || ((Boolean(resting) || empty || app.lost) && !pictures);
  $("slate").hidden = !shown;
  $("stage").classList.toggle("slated", shown);
  const key = shielded ? (banner === "closed" ? "closed" : "private") : (resting ?? "nothing");
  setText("slate-text", shown ? t(`slate.${key}`) : "");
}

function showWhat(app, banner, gallery) {
  const lines = [];
  const { state } = app;
  const sends = state?.publish?.audio || state?.publish?.video;
  if (gallery) {
    const mine = state?.what?.[app.welcome.role];
    if (banner === "public" && mine) lines.push(whatYouReceive(mine));
  } else if (app.lost || !sends) {
    lines.push(t("what.none"));
  } else if (app.welcome.role === "witness") {
    lines.push(...whatOthersReceive(state.what ?? {}));
    if (!state.accused_shown) lines.push(t("what.accused"));
  } else {
    if (state.what?.[app.welcome.role]) lines.push(whatYouReceive(state.what[app.welcome.role]));
    lines.push(t("what.others"));
  }
  if (state?.muted && !app.lost) lines.push(t("what.muted"));
  $("what").dataset.banner = app.lost ? "break" : banner;
  $("what").hidden = lines.length === 0;
  const text = lines.join("\n");
  if ($("what").dataset.text2 === text) return;
  $("what").dataset.text2 = text;
  $("what").replaceChildren(
    ...lines.map((line) => {
      const p = document.createElement("p");
      p.textContent = line;
      return p;
    }),
  );
}

function showOwnTile(app) {
  const { state, media } = app;
  $("self").hidden = !media.has("video");
  const sent = !app.lost && state?.publish?.video;
  const quiet = !media.microphone || state?.muted;
  $("self-state").hidden = sent && !quiet;
  setText("self-state", sent ? (quiet ? t("self.mute") : "") : t("self.off"));
}

function showPublicTile(app) {
  const cell = app.state?.what?.gallery;
  const shown = app.welcome.role === "witness" && Boolean(cell) && !app.lost;
  $("public").hidden = !shown;
  if (!shown) return;
  const picture = app.state.publish?.video ? cell.picture : "nothing";
  $("public-drawing").toggleAttribute("hidden", picture !== "silhouette");
  $("public-nothing").hidden = picture !== "nothing";
  $("public-clear").hidden = picture !== "clear";
}

function showAsks(role) {
  const mine = asksOf[role] ?? [];
  $("asks").hidden = mine.length === 0;
  for (const button of document.querySelectorAll("[data-ask]")) {
    button.hidden = !mine.includes(button.dataset.ask);
    button.classList.toggle("primary", button.dataset.ask === mine[0]);
    button.classList.toggle("help", button.dataset.ask === "alarm");
  }
}

function showOwnButtons(app, gallery) {
  $("own").hidden = gallery || !app.media.has("audio");
  $("microphone").textContent = t(app.media.microphone ? "own.microphone.off" : "own.microphone.on");
  $("camera").textContent = t(app.media.camera ? "own.camera.off" : "own.camera.on");
  $("camera").hidden = app.welcome.role === "witness" || !app.media.has("video");
}

/** Says that a request went out, for a while. */
export function told(key) {
  const say = (text) => document.querySelectorAll(".told").forEach((element) => (element.textContent = text));
  say(t(key));
  clearTimeout(toldTimer);
  toldTimer = setTimeout(() => say(""), 12000);
}

export function notice(text) {
  if (text === "text_slow") return clerk.slow();
  if (concealed.notice(text) || talk.notice(text, told)) return;
  if (["heard", "answered"].includes(text)) return told(`told.${text}`);
  return told(text === "mark" ? "notice.mark" : "notice.other");
}

export function soundBlocked(blocked) {
  $("sound").hidden = !blocked;
}

/** Shows this device's own picture where it belongs. */
export function showOwn(stream) {
  own = stream;
  fault = "";
  for (const id of ["check-picture", "checking-picture", "self-picture"]) $(id).srcObject = stream;
  stopLevel();
  stopLevel = () => {};
  levelShown = "";
}

let levelShown = "";

/** The level is measured only while it is shown. */
function keepLevel() {
  const wanted = own?.getAudioTracks().length ? ({ lobby: "meter", checking: "checking-meter" }[screen] ?? "") : "";
  if (wanted === levelShown) return;
  levelShown = wanted;
  stopLevel();
  stopLevel = wanted ? showLevel(own, $(wanted)) : () => {};
}

function showEnded({ text, again, erase, refused }) {
  setText("ended-title", t(refused ? "refused.title" : "ended.title"));
  setText("ended-text", t(text));
  $("again").hidden = !again;
  setText("again", again ? t(again) : "");
  $("erase").hidden = !erase;
}

/** Sets a text only when it changes, so that screen readers say it once. */
function setText(id, text) {
  const element = $(id);
  if (element.textContent !== text) element.textContent = text || "";
}
