// The pictures and voices of the others: one tile for each person whose picture or voice arrives.

import { t } from "./language.js";

const $ = (id) => document.getElementById(id);

// Whose picture is large: for the witness and who sits with them the judge, for everyone else the witness.
const first = (role) =>
  ["witness", "support", "coordinator"].includes(role)
    ? ["bench", "judge", "prosecution", "defence", "interpreter"]
    : ["witness", "bench", "judge", "interpreter", "prosecution", "defence"];

export class Stage {
  constructor() {
    this.role = "";
    this.people = new Map();
    this.tiles = new Map();
    this.voices = new Map();
    this.hidden = new Set(); // whose picture the guest does not want to see
    this.lines = [];
    this.balance = 0.5; // of the room and the interpreters: 0 is the room alone, 1 the interpreters alone
    this.onBlocked = () => {};
  }

  setPeople(people) {
    this.people = new Map((people ?? []).map((p) => [p.id, p]));
    this.mixVoices();
    this.draw();
  }

  /** Shows exactly these lines; whatever else was shown is gone when it returns. */
  setLines(lines) {
    this.lines = lines;
    this.playVoices();
    this.draw();
  }

  clear() {
    this.setLines([]);
  }

  playVoices() {
    const now = new Map(this.lines.filter((l) => l.kind === "audio").map((l) => [l.mid, l]));
    for (const [mid, voice] of this.voices) {
      if (now.get(mid)?.track === voice.track) continue;
      voice.element.srcObject = null;
      voice.element.remove();
      this.voices.delete(mid);
    }
    for (const [mid, line] of now) {
      if (this.voices.has(mid)) continue;
      const element = document.createElement("audio");
      element.autoplay = true;
      element.srcObject = new MediaStream([line.track]);
      $("voices").append(element);
      this.voices.set(mid, { element, track: line.track, publisher: line.publisher });
      this.play(element);
    }
    this.mixVoices();
  }

  interprets(publisher) {
    return this.people.get(publisher)?.role === "interpreter";
  }

  /** Whether an interpreter's voice and another one arrive, so that there is something to balance. */
  interpreted() {
    const voices = [...this.voices.values()];
    return voices.some((v) => this.interprets(v.publisher)) && voices.some((v) => !this.interprets(v.publisher));
  }

  setBalance(balance) {
    this.balance = balance;
    this.mixVoices();
  }

  mixVoices() {
    const interpreters = Math.min(1, 2 * this.balance);
    const room = Math.min(1, 2 * (1 - this.balance));
    for (const voice of this.voices.values()) voice.element.volume = this.interprets(voice.publisher) ? interpreters : room;
  }

  play(element) {
    element.play().catch((error) => {
      if (error?.name === "NotAllowedError") this.onBlocked();
    });
  }

  /** After a click the browser lets sound through. */
  unblock() {
    for (const { element } of this.voices.values()) this.play(element);
    for (const tile of this.tiles.values()) this.play(tile.video);
  }

  draw() {
    const persons = this.present();
    const large = this.largest(persons);
    for (const [id, tile] of this.tiles) {
      if (persons.some((p) => p.id === id)) continue;
      tile.video.srcObject = null;
      tile.figure.remove();
      this.tiles.delete(id);
    }
    for (const person of persons) this.drawTile(person, person.id === large);
    this.drawChoice(persons);
  }

  /** Everyone of whom something arrives, and the person whose place is the large one. */
  present() {
    const arriving = new Map();
    for (const line of this.lines) {
      const p = this.people.get(line.publisher) ?? { id: line.publisher, label: "", role: "" };
      const person = arriving.get(p.id) ?? { ...p, picture: null, voice: null };
      person[line.kind === "video" ? "picture" : "voice"] = line;
      arriving.set(p.id, person);
    }
    const leading = [...this.people.values()].find((p) => p.role === first(this.role)[0]);
    if (leading && !arriving.has(leading.id)) arriving.set(leading.id, { ...leading, picture: null, voice: null });
    const order = [...this.people.keys()];
    return [...arriving.values()].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  }

  largest(persons) {
    const seen = persons.filter((p) => !this.hidden.has(p.id));
    const played = seen.find((p) => p.role === "recording" && p.picture);
    if (played) return played.id;
    for (const role of first(this.role)) {
      const found = seen.find((p) => p.role === role && (p.picture || role === first(this.role)[0]));
      if (found) return found.id;
    }
    return (seen.find((p) => p.picture) ?? seen[0])?.id;
  }

  drawTile(person, large) {
    const tile = this.tiles.get(person.id) ?? this.makeTile(person.id);
    const track = this.hidden.has(person.id) ? null : (person.picture?.track ?? null);
    if (tile.track !== track) {
      tile.track = track;
      tile.video.srcObject = track && new MediaStream([track]);
      if (track) this.play(tile.video);
    }
    const name = nameOf(person);
    tile.figure.dataset.publisher = person.id;
    tile.figure.dataset.form = person.picture?.form ?? "nothing";
    tile.figure.classList.toggle("large", large);
    tile.figure.classList.toggle("speaking", Boolean(person.speaking));
    tile.video.hidden = !track;
    tile.video.setAttribute("aria-label", t("tile.picture", { who: name }));
    tile.text.hidden = Boolean(track);
    tile.text.textContent = name;
    tile.name.textContent = name;
    const notes = [];
    if (person.picture?.form === "silhouette") notes.push(t("tile.silhouette"));
    if (person.voice?.form === "disguised") notes.push(t("tile.disguised"));
    if (person.speaking) notes.push(t("tile.speaking"));
    tile.note.textContent = notes.join(" · ");
    tile.note.hidden = notes.length === 0;
    tile.caption.hidden = !track && notes.length === 0;
    const place = large ? $("stage") : $("strip");
    if (tile.figure.parentElement !== place) {
      place.append(tile.figure);
      if (track) this.play(tile.video);
    }
  }

  makeTile(id) {
    const make = (name, className) => {
      const element = document.createElement(name);
      if (className) element.className = className;
      return element;
    };
    const tile = {
      figure: make("figure", "tile"), video: make("video"), text: make("p", "tile-text"),
      caption: make("figcaption"), name: make("span"), note: make("span", "badge"), track: null,
    };
    tile.video.muted = true;
    tile.video.autoplay = true;
    tile.video.playsInline = true;
    tile.caption.append(tile.name, tile.note);
    tile.figure.append(tile.video, tile.text, tile.caption);
    this.tiles.set(id, tile);
    return tile;
  }

  drawChoice(persons) {
    const shown = persons.filter((p) => p.picture);
    const key = JSON.stringify([t("seen.nobody"), ...shown.map((p) => [p.id, nameOf(p)])]);
    if (this.choice === key) return;
    this.choice = key;
    const choices = shown.map((person) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = !this.hidden.has(person.id);
      box.onchange = () => {
        if (box.checked) this.hidden.delete(person.id);
        else this.hidden.add(person.id);
        this.draw();
      };
      label.append(box, nameOf(person));
      return label;
    });
    if (choices.length === 0) choices.push(document.createTextNode(t("seen.nobody")));
    $("seen-list").replaceChildren(...choices);
  }
}

function nameOf(person) {
  if (person.role === "bench" || !person.label) return person.role ? t(`role.${person.role}`) : "";
  return person.label;
}
