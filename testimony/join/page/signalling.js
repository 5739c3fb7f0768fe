// The sealed connection to the court: handshake, messages in order, and coming back when it is lost.

import { Handshake, Refused, toBase64url } from "./handshake.js";
import { publicJWK, sign } from "./keep.js";

const firstWait = 500;
const longestWait = 2000; // a witness who waits for a voice to come back must not wait for this page
const again = 2000; // a dial that is not answered may have been lost: another one is sent beside it
const dials = 6;
const handshakeFor = 15000;
const patience = 36000; // without anything that the court has sealed; it gives a sign of life three times in between

/** Thrown when a frame was not sealed by the court for this place: changed, repeated, left out or made up on its way. */
class Altered extends Error {}

/**
 * Keeps a connection until it is ended. hear has: welcome(message, words), message(message), lost(why), refused(reason); why
 * is "", "busy" or "altered".
 * They are called one after the other; a promise they return is waited for.
 */
export class Signalling {
  constructor(record, hear) {
    this.record = record;
    this.hear = hear;
    this.wait = firstWait;
    this.ended = false;
    this.dialled = new Set();
    this.waiting = []; // requests made while there is no connection
  }

  connect() {
    if (this.ended) return;
    clearTimeout(this.timer);
    this.channel = null;
    this.welcomed = false;
    this.patience = setTimeout(() => !this.welcomed && this.drop(), handshakeFor);
    this.dial();
  }

  /** Dials until a dial is answered: the first one that is carries the connection. */
  dial(already = 0) {
    const url = new URL("../s", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.hash = "";
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.dialled.add(socket);
    socket.onopen = () => this.dialled.has(socket) && this.answered(socket);
    socket.onclose = () => this.dialled.delete(socket) && this.dialled.size === 0 && this.drop();
    if (already + 1 < dials) this.redial = setTimeout(() => this.dial(already + 1), again);
  }

  answered(socket) {
    this.dialled.delete(socket);
    this.hangUp();
    this.socket = socket;
    this.handshake = new Handshake(this.record.id, this.record.secret);
    this.inTurn = Promise.resolve();
    this.outTurn = Promise.resolve();
    const mine = (act) => (event) => {
      if (this.socket !== socket) return;
      this.inTurn = this.inTurn.then(() => this.socket === socket && act(event)).catch((e) => this.fail(e));
    };
    socket.onmessage = mine((event) => this.take(event.data));
    socket.onclose = mine(() => this.drop());
    mine(async () => socket.send(await this.handshake.opening()))();
  }

  /** Lets the dials be that were not answered. */
  hangUp() {
    clearTimeout(this.redial);
    const waiting = [...this.dialled];
    this.dialled.clear();
    for (const socket of waiting) socket.close();
  }

  /** Comes anew at once, as when the network is another one. */
  renew() {
    if (this.ended) return;
    if (this.welcomed) this.drop();
    if (!this.socket) {
      this.shut();
      this.wait = firstWait;
      this.connect();
    }
  }

  async take(frame) {
    if (!this.channel) {
      const [reveal, channel] = await this.handshake.reveal(frame);
      this.channel = channel;
      this.socket.send(reveal);
      const signature = await sign(this.record.key, channel.transcript);
      this.seal({
        type: "hello",
        device: await publicJWK(this.record.key),
        sig: toBase64url(signature),
        lang: this.record.lang,
      });
      return;
    }
    const message = await this.channel.open(frame).catch(() => {
      throw new Altered();
    });
    this.listen();
    if (message.type === "beat") return this.seal({ type: "beat" });
    if (message.type === "refused") throw new Refused(message.reason);
    if (!this.welcomed) {
      if (message.type !== "welcome") throw new Error("unexpected");
      clearTimeout(this.patience);
      this.welcomed = true;
      this.wait = firstWait;
      await this.hear.welcome(message, this.channel.words);
      for (const early of this.waiting.splice(0)) this.seal(early);
      return;
    }
    await this.hear.message(message);
  }

  /** A connection on which nothing arrives is none, whoever holds it open. */
  listen() {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.silence = setTimeout(() => this.socket === socket && this.drop(), patience);
  }

  /** Sends now, or reports that there is no connection. */
  send(message) {
    if (!this.welcomed) return false;
    this.seal(message);
    return true;
  }

  /** Sends now or as soon as there is a connection again. */
  sendLater(message) {
    const sent = this.send(message);
    if (!sent && !this.waiting.some((m) => JSON.stringify(m) === JSON.stringify(message))) this.waiting.push(message);
    return sent;
  }

  seal(message) {
    const { socket, channel } = this;
    this.outTurn = this.outTurn
      .then(async () => {
        const frame = await channel.seal(message);
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      })
      .catch(() => this.socket === socket && this.drop());
  }

  fail(error) {
    if (error instanceof Altered) return this.drop("altered");
    if (!(error instanceof Refused)) return this.drop();
    if (error.reason === "busy") return this.drop("busy");
    this.end();
    this.hear.refused(error.reason);
  }

  drop(why = "") {
    this.shut();
    if (this.ended) return;
    this.hear.lost(why);
    const wait = this.wait * (0.75 + Math.random() / 2);
    this.wait = Math.min(this.wait * 2, longestWait);
    this.timer = setTimeout(() => this.connect(), wait);
  }

  shut() {
    clearTimeout(this.patience);
    clearTimeout(this.silence);
    clearTimeout(this.timer);
    this.hangUp();
    const socket = this.socket;
    this.socket = null;
    this.welcomed = false;
    if (socket) socket.close();
  }

  /** Says goodbye after what was sent, and stays away. */
  async leave() {
    this.ended = true;
    this.send({ type: "leave" });
    await this.outTurn;
    this.shut();
  }

  end() {
    this.ended = true;
    this.shut();
  }
}
