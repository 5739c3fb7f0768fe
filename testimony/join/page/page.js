// The join page: opens the link, keeps the connection to the court and shows what the court says. It decides nothing: what
// it may send and what it is sent is the court's to say. It writes no log and calls no other host.

import * as clerk from "./clerk.js";
import * as exhibit from "./exhibit.js";
import { Connection } from "./connection.js";
import { fromBase64url, idOf } from "./handshake.js";
import { forget, forgetOld, newDeviceKey, recall, remember } from "./keep.js";
import { learn, listOf, preferred, speak, speaks, wordList } from "./language.js";
import { hum } from "./sound.js";
import { LessData } from "./low.js";
import { OwnMedia } from "./media.js";
import { Path } from "./path.js";
import { Pulse } from "./pulse.js";
import { Signalling } from "./signalling.js";
import { Stage } from "./stage.js";
import * as talk from "./talk.js";
import { listenTo, measure } from "./linetest.js";
import * as view from "./view.js";

const app = {
  record: null, // id, secret, device key, language
  returning: false, // this device has been here before
  welcome: null,
  words: [],
  wordBytes: null,
  list: "en", // where the words come from
  taken: new Set(), // steps of the preparation
  held: null, // {why, seen, ready}: this side has stopped picture and sound; seen: the court knows
  state: null,
  lost: false,
  busy: false,
  altered: false, // what came from the court had been changed on its way
  ended: null, // {text, again, erase}
  media: new OwnMedia(),
  listening: null, // to the microphone, until somebody is heard
  tried: false, // device and line, on this connection
  ready: false, // camera and microphone are decided on
  stage: new Stage(),
  lines: [],
  written: [], // on the text line to the clerk
  unread: false, // the clerk has answered
  hungUp: false, // this guest has left a private talk, and the court has not said yet that it knows
  early: [], // offers and candidates that came before the state that lets the guest in
};

const publishes = () => Boolean(app.welcome) && !["gallery", "press"].includes(app.welcome.role);

// The secret leaves the address bar before anything else happens.
const fragment = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.hash.length > 1 && location.reload());

const connection = new Connection((message) => signalling?.send(message), {
  placed: (lines) => {
    app.lines = lines;
    view.render(app);
  },
  failed: () => sendMedia("connection"),
});

let signalling = null;
let wake = null;
const path = new Path(connection, () => signalling?.renew());
app.low = new LessData(connection, () => {
  sendMedia();
  view.render(app);
});
const pulse = new Pulse((message) => signalling?.send(message));

const hear = {
  async welcome(message, value) {
    await useWords(message.lang, value);
    if (JSON.stringify(app.words) !== JSON.stringify(message.words)) return end("refused.unsafe", { erase: true });
    connection.begin();
    Object.assign(app, { welcome: message, state: null, lost: false, busy: false, altered: false, early: [] });
    app.stage.role = message.role;
    for (const step of message.prepared ?? []) app.taken.add(step);
    app.ready ||= !publishes();
    pulse.beat(["witness", "support", "coordinator"].includes(message.role));
    if (app.held && !app.held.seen) signalling.send({ type: "request", kind: app.held.why }); // it may have been lost on the way
    view.render(app);
    app.low.watch();
    app.tried = false;
    if (app.ready) sendMedia();
    else if (app.returning) void startIfAllowed();
    void tryOut();
  },

  async message(message) {
    switch (message.type) {
      case "state":
        return take(message);
      case "offer":
      case "candidate":
        if (app.state?.admitted) await connection.handle(message);
        else app.early.push(message);
        return;
      case "silent":
        return void path.doubt();
      case "text":
        clerk.take(app, message);
        return view.render(app);
      case "exhibit":
        return void exhibit.show(message);
      case "notice":
        return view.notice(message.text);
      case "refused":
        return refused(message.reason);
      case "removed":
        return removed(message.reason);
      case "bye":
        return finish("ended.bye");
    }
  },

  lost(why) {
    Object.assign(app, { lost: true, busy: why === "busy" });
    exhibit.hide();
    app.altered ||= why === "altered"; // said until the court is reached again
    connection.close();
    view.render(app);
  },

  refused,
};

/** Shows the verification words from a list. */
async function useWords(name, value) {
  const list = await wordList(name);
  app.words = [...value].map((b) => list[b]);
  app.wordBytes = value;
  app.list = name;
}

/** Tells the court of a step of the preparation that has been taken. */
function prepared(step) {
  app.taken.add(step);
  signalling.sendLater({ type: "prepared", step });
  view.render(app);
  void tryOut();
}

/** Tries device and line once the witness has checked them, anew on every connection: before a hearing they can have become worse. */
async function tryOut() {
  const heard = app.taken.has("devices");
  if (app.tried || !app.ready || !(heard || app.taken.has("silent"))) return;
  app.tried = true;
  const line = await measure();
  const found = { camera: app.media.has("video"), microphone: Boolean(app.listening?.heard), speaker: heard, ...line };
  app.tried = Boolean(signalling?.send({ type: "line_test", ...found }));
}

/** A state as it is once this guest has left the talk: what the court said before it knew of that brings nobody back into it. */
const hungUp = (state) => ({ ...state, publish: {}, talk: { ...state.talk, with: "", over: true } });

async function take(state) {
  app.hungUp &&= Boolean(state.talk?.with);
  app.state = app.hungUp ? hungUp(state) : state;
  state = app.state;
  // Only the court ends a pause, and only one that it knows of.
  if (state.held) app.held = { why: state.held, seen: true, ready: Boolean(state.ready) };
  else if (app.held?.seen && state.admitted) app.held = null;
  applyOwn();
  connection.configure(state.ice, state.relay_only);
  app.stage.setPeople(state.people);
  if (!state.admitted) connection.close();
  view.render(app);
  await giveOwn();
  if (state.admitted) for (const message of app.early.splice(0)) await connection.handle(message);
  void stayAwake(state.admitted);
}

/** What the court has muted is muted toward the court: a private talk is none of its business. */
function applyOwn() {
  app.media.apply(Boolean(app.state?.muted) && !talk.talking(app), Boolean(app.held));
}

/** Sends of this device what the court takes now, and nothing else; or, in a private talk, the microphone to the other one alone. */
async function giveOwn() {
  const takes = (kind) => !app.held && !talk.apart(app) && app.state?.admitted && app.state.publish?.[kind] && !(kind === "audio" && app.state.muted);
  // What ends first is taken away first: nothing goes on both lines at once.
  if (!talk.talking(app)) await connection.setOwn("private", null);
  for (const kind of ["audio", "video"]) await connection.setOwn(kind, takes(kind) ? app.media.track(kind) : null);
  if (talk.talking(app)) await connection.setOwn("private", app.media.track("audio"));
}

/** Stops this device's picture and sound at once, whether or not the court can be told. */
function stop(why) {
  app.held = { why, seen: false, ready: false };
  app.media.apply(true, true);
  view.render(app);
  void giveOwn();
  signalling.sendLater({ type: "request", kind: why });
}

async function startIfAllowed() {
  try {
    const names = ["camera", "microphone"];
    const found = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
    if (!found.every((p) => p.state === "granted")) return;
  } catch {
    return; // This browser does not tell; the button asks.
  }
  // The page that was just reloaded can still be giving the devices back.
  for (let again = 0; again < 5 && !app.ready; again++) {
    if (again) await new Promise((later) => setTimeout(later, 1000));
    if (!app.ready && (await startMedia(true))) return;
  }
}

/** Starts this device's own camera and microphone. Answers whether another attempt would be of no use. */
async function startMedia(withCamera) {
  try {
    await app.media.start(withCamera);
  } catch (fault) {
    view.deviceFault(fault.message);
    sendMedia(fault.message);
    return fault.message === "denied" || fault.message === "missing";
  }
  for (const track of app.media.stream.getTracks()) {
    track.onended = () => {
      sendMedia("failed");
      view.render(app);
    };
  }
  app.ready = true;
  app.listening?.stop();
  app.listening = listenTo(app.media.stream);
  applyOwn();
  view.showOwn(app.media.stream);
  await giveOwn();
  sendMedia(withCamera ? "" : "missing");
  view.render(app);
  return true;
}

function sendMedia(error = "") {
  if (!app.welcome) return;
  const audio = publishes() && app.media.has("audio") && app.media.microphone;
  const video = publishes() && app.media.has("video") && app.media.camera;
  const low = app.low.mode;
  signalling?.send({ type: "media", audio, video, ...(error && { error }), ...(low && { low }) });
}

function refused(reason) {
  const key = ["unknown", "expired", "revoked", "used"].includes(reason) ? `refused.${reason}` : "refused.unknown";
  void forget(app.record.id);
  end(key, { refused: true });
}

function removed(reason) {
  const key = ["closed", "replaced", "dismissed"].includes(reason) ? `removed.${reason}` : "removed.bench";
  end(key, { again: reason === "closed" && "ended.try_again" });
}

function finish(key) {
  void forget(app.record.id);
  end(key);
}

/** Ends everything and shows one sentence. */
function end(text, options = {}) {
  signalling?.end();
  path.rest();
  app.low.rest();
  connection.close();
  pulse.beat(false);
  app.listening?.stop();
  app.media.stop();
  void stayAwake(false);
  app.ended = { text, ...options };
  view.render(app);
}

async function stayAwake(wanted) {
  try {
    if (!wanted) {
      await wake?.release();
      wake = null;
    } else if (!wake || wake.released) {
      wake = await navigator.wakeLock?.request("screen");
    }
  } catch {
    // The screen may then go dark; nothing else depends on it.
  }
}

const act = {
  allow: () => startMedia(true),
  without: () => startMedia(false),
  ask(kind) {
    if (kind === "alarm") {
      pulse.alarm();
      return view.told("told.sent");
    }
    if (["pause", "someone"].includes(kind)) return stop(kind);
    view.told(signalling.sendLater({ type: "request", kind }) ? "told.sent" : "told.failed");
  },
  talk(what, whom = "") {
    if (what === "end" && app.state?.talk?.with) {
      // The talk is over here at once, whether or not the court can be told.
      app.hungUp = true;
      app.state = hungUp(app.state);
      void giveOwn();
    }
    const word = { type: "talk", do: what, ...(whom && { with: whom }) };
    if (!(what === "ask" ? signalling.send(word) : signalling.sendLater(word))) view.told("told.failed");
    view.render(app);
  },
  write: (message) => signalling.send({ type: "text", ...message }),
  opened: () => view.render(app),
  ready() {
    if (signalling.sendLater({ type: "request", kind: "ready" })) app.held.ready = true;
    view.render(app);
  },
  alarm: () => app.welcome && !app.ended && pulse.alarm(),
  microphone() {
    app.media.microphone = !app.media.microphone;
    applyOwn();
    sendMedia();
    view.render(app);
  },
  camera() {
    app.media.camera = !app.media.camera;
    applyOwn();
    sendMedia();
    view.render(app);
  },
  low: () => app.low.toggle(),
  channel: (channel) => void signalling.send({ type: "channel", channel }),
  interpret: (into) => void signalling.send({ type: "interpret", into }),
  balance: (balance) => app.stage.setBalance(balance),
  voice: () => void (signalling.send({ type: "request", kind: "voice" }) || view.told("told.failed")),
  seen(yes) {
    signalling.sendLater({ type: "prepared", step: yes ? "concealed" : "unconcealed" });
    view.told("told.sent");
  },
  sound() {
    app.stage.unblock();
    view.soundBlocked(false);
  },
  async leave() {
    await signalling.leave();
    end("ended.left", { again: "ended.come_back", erase: true });
  },
  again: () => location.reload(),
  async erase() {
    await forget(app.record.id);
    app.ended = { text: "ended.erased" };
    view.render(app);
  },
  read: () => prepared("rights"),
  checked: (heard) => prepared(heard ? "devices" : "silent"),
  hum,
  async language(lang) {
    await speak(lang);
    if (app.record) {
      Object.assign(app.record, { lang, language: lang });
      await remember(app.record);
    }
    // Only once the court knows of the other list do both sides show it.
    if (app.wordBytes && signalling?.send({ type: "language", code: lang })) await useWords(listOf(lang), app.wordBytes);
    view.render(app);
  },
};

/** Finds the invitation: from the link, or as this device has kept it. */
async function findInvitation() {
  const id = location.pathname.split("/").at(-1);
  const kept = await recall(id);
  const secret = fragment ? fromBase64url(fragment, 32) : kept?.secret;
  if (!secret || (await idOf(secret)) !== id) return null;
  app.returning = Boolean(kept);
  const lang = kept?.language ?? preferred();
  return { id, secret, key: kept?.key ?? (await newDeviceKey()), lang, language: lang };
}

async function begin() {
  await learn();
  await speak(preferred());
  view.listen(act, app);
  if (!globalThis.isSecureContext) return end("refused.insecure", { refused: true });
  if (!globalThis.crypto?.subtle || !globalThis.RTCPeerConnection || !globalThis.indexedDB) {
    return end("refused.browser", { refused: true });
  }
  await forgetOld();
  app.record = await findInvitation();
  if (!app.record) return end("refused.incomplete", { refused: true });
  if (speaks(app.record.language)) await speak(app.record.language);
  else Object.assign(app.record, { lang: preferred(), language: preferred() });
  await remember(app.record);
  app.stage.onBlocked = () => view.soundBlocked(true);
  signalling = new Signalling(app.record, hear);
  view.render(app);
  signalling.connect();
  path.watch();
}

// A page that is put away says nothing and keeps nothing running; coming back, it starts anew.
addEventListener("pagehide", () => {
  signalling?.end();
  path.rest();
  connection.close();
  app.media.stop();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && !app.ended) void stayAwake(Boolean(app.state?.admitted));
});

await begin();
