// The guest's side of the handshake and the sealed channel, with WebCrypto alone. docs/join-page.md states both, with a
// test vector; paravent/testimony/invite is the court's side.

const utf8 = new TextEncoder();
const block = 256; // messages are padded to a multiple of this, so that their length tells nothing
const info = {
  id: "paravent/invite/id/1",
  transcript: "paravent/invite/1",
  guestKey: "guest to court key",
  courtKey: "court to guest key",
  words: "words",
};

/** Thrown with a reason when the court refuses before there are keys. */
export class Refused extends Error {
  constructor(reason) {
    super("refused");
    this.reason = reason;
  }
}

export function toBase64url(bytes) {
  let text = "";
  for (const b of new Uint8Array(bytes)) text += String.fromCharCode(b);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Returns the bytes, or null when the text is not base64url of the wanted length. */
export function fromBase64url(text, length) {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text)) return null;
  try {
    const raw = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    return raw.length === length && toBase64url(raw) === text ? raw : null;
  } catch {
    return null;
  }
}

function join(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.byteLength, 0));
  let at = 0;
  for (const p of parts) {
    out.set(new Uint8Array(p), at);
    at += p.byteLength;
  }
  return out;
}

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

async function expand(key, salt, label, length) {
  const params = { name: "HKDF", hash: "SHA-256", salt, info: utf8.encode(label) };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, length * 8));
}

/** The invitation's id follows from its secret one way. */
export async function idOf(secret) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return toBase64url(await expand(key, new Uint8Array(0), info.id, 16));
}

/** One handshake. opening() and reveal() give the guest's two frames; after reveal() there is a channel. */
export class Handshake {
  constructor(id, secret) {
    this.id = id;
    this.secret = secret;
  }

  async opening() {
    this.pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
    this.pub = new Uint8Array(await crypto.subtle.exportKey("raw", this.pair.publicKey));
    this.nonce = crypto.getRandomValues(new Uint8Array(32));
    this.commit = await sha256(join(this.pub, this.nonce));
    return JSON.stringify({ v: 1, id: this.id, commit: toBase64url(this.commit) });
  }

  async reveal(frame) {
    const answer = JSON.parse(frame);
    if (answer.refused) throw new Refused(String(answer.refused));
    const courtPub = fromBase64url(answer.pub, 65);
    if (!courtPub) throw new Error("handshake");
    const court = await crypto.subtle.importKey("raw", courtPub, { name: "ECDH", namedCurve: "P-256" }, false, []);
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: court }, this.pair.privateKey, 256);
    const transcript = await sha256(
      join(utf8.encode(info.transcript), utf8.encode(this.id), this.commit, courtPub, this.pub, this.nonce),
    );
    const channel = await Channel.derive(join(shared, this.secret), transcript);
    return [JSON.stringify({ pub: toBase64url(this.pub), nonce: toBase64url(this.nonce) }), channel];
  }
}

/** Seals to the court and opens what it sealed, in order. Calls of seal must not overlap, nor calls of open. */
export class Channel {
  static async derive(material, transcript) {
    const key = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
    const aes = async (label, use) =>
      crypto.subtle.importKey("raw", await expand(key, transcript, label, 32), "AES-GCM", false, [use]);
    const channel = new Channel();
    channel.transcript = transcript;
    channel.out = await aes(info.guestKey, "encrypt");
    channel.in = await aes(info.courtKey, "decrypt");
    channel.words = await expand(key, transcript, info.words, 4);
    channel.sent = 0n;
    channel.received = 0n;
    return channel;
  }

  async seal(message) {
    const text = utf8.encode(JSON.stringify(message));
    const padded = new Uint8Array(Math.ceil(text.length / block) * block).fill(0x20);
    padded.set(text);
    return crypto.subtle.encrypt(this.params(this.sent++), this.out, padded);
  }

  async open(frame) {
    const text = await crypto.subtle.decrypt(this.params(this.received++), this.in, frame);
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
  }

  params(count) {
    const iv = new Uint8Array(12);
    new DataView(iv.buffer).setBigUint64(4, count);
    return { name: "AES-GCM", iv, additionalData: this.transcript };
  }
}
