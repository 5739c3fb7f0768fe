// Notices when the way to the court is another one: the device has another address, or something on the way has forgotten it. A line that is
// only cut comes back by itself and is left alone; one on which nothing arrives though the court can be reached does not.

const look = 500;
const silent = 3000; // after a voice or a picture that flowed; the answers to a connection's own checks come every 2.5 s
const quiet = 8000; // where nothing flowed, as in a break: a few of those may be lost
const probe = 2000;
const answered = 1500; // how long an answer is waited for when the court says that nothing arrives

// in milliseconds
const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));

export class Path {
  /** moved() is called when the connection has to be made anew. */
  constructor(connection, moved) {
    this.connection = connection;
    this.moved = () => moved();
    this.changed = () => void this.ask();
  }

  watch() {
    this.seen = undefined;
    this.timer = setInterval(() => void this.look(), look);
    addEventListener("online", this.moved);
    navigator.connection?.addEventListener?.("change", this.changed);
  }

  rest() {
    clearInterval(this.timer);
    removeEventListener("online", this.moved);
    navigator.connection?.removeEventListener?.("change", this.changed);
  }

  async look() {
    const now = (await this.connection.arrived())?.all;
    if (now === undefined || now !== this.seen) {
      this.flows = now - this.seen > 500;
      this.seen = now;
      this.since = Date.now();
    } else if (Date.now() - this.since > (this.flows ? silent : quiet)) {
      await this.ask();
    }
  }

  /** Makes the connection anew if the court can be reached and still nothing arrives. */
  async ask() {
    const before = await this.connection.arrived();
    if (this.asking || !before) return;
    this.asking = true;
    const reached = await this.connection.reaches(probe);
    if (reached && (await this.connection.arrived())?.all === before.all) this.anew();
    this.asking = false;
  }

  /** The court has said, and so can be reached, that nothing arrives: does it answer this side's checks? */
  async doubt() {
    const before = await this.connection.arrived();
    if (this.asking || !before) return;
    this.asking = true;
    const [reached] = await Promise.all([this.connection.reaches(probe), wait(answered)]);
    if (reached && (await this.connection.arrived())?.answers === before.answers) this.anew();
    this.asking = false;
  }

  anew() {
    this.since = Date.now();
    this.moved();
  }
}
