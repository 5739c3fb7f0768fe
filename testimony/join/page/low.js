// Less data: sound first. The court sends this page no pictures and takes a small one, by the guest's choice or while the line is bad. It changes nothing of what anybody
// may see or hear: it only takes away.

import { t } from "./language.js";

const $ = (id) => document.getElementById(id);

const every = 4000; // ms between two looks at the line
const badFor = 3; // looks in a row before the pictures go
const goodFor = 10; // and before they come back: a line that goes up and down must not do so with them
const asked = 75; // looks for which the guest's own wish to see pictures stands against a bad line

/** Whether one look at the line found it bad, or good beyond doubt. What lies between changes nothing. */
export const isBad = ({ loss, delay }) => loss > 0.1 || delay > 1;
export const isGood = ({ loss, delay }) => loss < 0.03 && delay < 0.5;

/** What of a line's state follows from one more look. */
export function weigh(line, look) {
  const spared = Math.max(0, line.spared - 1);
  const bad = isBad(look) ? line.bad + 1 : 0;
  const good = isGood(look) ? line.good + 1 : 0;
  const weak = line.weak ? good < goodFor : bad >= badFor && spared === 0;
  return { weak, bad, good, spared };
}

export class LessData {
  constructor(connection, changed) {
    this.connection = connection;
    this.changed = changed;
    this.chosen = false;
    this.line = { weak: false, bad: 0, good: 0, spared: 0 };
    this.before = null;
  }

  /** Why there is less data: chosen, weak, or empty while there is not. */
  get mode() {
    return this.chosen ? "chosen" : this.line.weak ? "weak" : "";
  }

  watch() {
    this.timer ??= setInterval(() => void this.look(), every);
  }

  rest() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  async look() {
    const now = await this.connection.quality();
    const before = this.before;
    this.before = now;
    if (!now || !before || now.packets <= before.packets) return;
    const lost = Math.max(0, now.lost - before.lost);
    const loss = Math.max(lost / (lost + now.packets - before.packets), now.lossThere);
    this.take({ loss, delay: now.delay });
  }

  take(look) {
    const was = this.mode;
    this.line = weigh(this.line, look);
    if (this.mode !== was) this.change();
  }

  /** The guest's own word, which stands over what the line seems to be. */
  toggle() {
    if (this.mode) {
      this.line = { weak: false, bad: 0, good: 0, spared: asked };
      this.chosen = false;
    } else {
      this.chosen = true;
    }
    this.change();
  }

  change() {
    void this.connection.reduce(Boolean(this.mode));
    this.changed();
  }

  show(app) {
    const mode = app.lost ? "" : this.mode;
    $("low").textContent = t(this.mode ? "low.off" : "low.on");
    $("low-text").hidden = !mode;
    const says = mode ? [t(mode === "weak" ? "low.weak" : "low.text")] : [];
    if (mode && app.media.has("video")) says.push(t("low.small"));
    if ($("low-text").textContent !== says.join(" ")) $("low-text").textContent = says.join(" ");
  }
}
