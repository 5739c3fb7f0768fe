// The media connection. The court always offers. Which line carries whose picture or voice, and in which form, is told
// beside each offer; a line that is not told is taken down before anything else happens.

import { relayed, relayedCandidate } from "./relayed.js";

/** hear has: placed(lines) with [{mid, publisher, kind, form, track}], and failed(). */
export class Connection {
  constructor(send, hear) {
    this.send = send;
    this.hear = hear;
    this.own = { audio: null, video: null, private: null };
    this.number = 0;
    this.configuration = {};
    this.reset();
  }

  /** Begins anew with a court that numbers its connections from the first. */
  begin() {
    this.close();
    this.number = 0;
  }

  reset() {
    this.pc = null;
    this.aside = ""; // the mid of the line for what is said in private
    this.early = [];
    this.placed = new Map();
  }

  /** Ends the connection: nothing is sent or received any more. */
  close() {
    this.pc?.close();
    this.reset();
    this.hear.placed([]);
  }

  /** What has arrived so far, and how often the court has answered a check of the path; undefined while there is no connection. */
  async arrived() {
    const pc = this.pc;
    if (!pc || !["connected", "disconnected"].includes(pc.connectionState)) return undefined;
    let all = 0;
    let answers = 0;
    for (const s of (await pc.getStats()).values()) {
      if (s.type !== "candidate-pair") continue;
      answers += s.responsesReceived ?? 0;
      all += (s.bytesReceived ?? 0) + (s.responsesReceived ?? 0) + (s.requestsReceived ?? 0);
    }
    return this.pc === pc ? { all, answers } : undefined;
  }

  /** Reports whether a connection made now would find its way: one that is there already is not given up for nothing. */
  async reaches(within) {
    if (!this.relayOnly) {
      const page = new URL("icon.svg", import.meta.url);
      return fetch(page, { cache: "no-store", signal: AbortSignal.timeout(within) }).then((r) => r.ok, () => false);
    }
    const pc = new RTCPeerConnection(this.configuration);
    try {
      return await new Promise((resolve) => {
        setTimeout(() => resolve(false), within);
        pc.onicecandidate = ({ candidate }) => candidate?.type === "relay" && resolve(true);
        pc.createDataChannel("");
        pc.setLocalDescription().catch(() => resolve(false));
      });
    } finally {
      pc.close();
    }
  }

  configure(ice, relayOnly) {
    this.relayOnly = Boolean(relayOnly);
    this.configuration = { iceServers: ice ?? [], iceTransportPolicy: relayOnly ? "relay" : "all" };
  }

  /** How the line is: packets of sound that came and were lost so far, what the court misses, and the way there and back in seconds. */
  async quality() {
    const pc = this.pc;
    if (pc?.connectionState !== "connected") return undefined;
    const now = { packets: 0, lost: 0, lossThere: 0, delay: 0 };
    for (const s of (await pc.getStats()).values()) {
      if (s.type === "inbound-rtp" && s.kind === "audio") {
        now.packets += s.packetsReceived ?? 0;
        now.lost += s.packetsLost ?? 0;
      } else if (s.type === "remote-inbound-rtp") {
        now.lossThere = Math.max(now.lossThere, s.fractionLost ?? 0);
      } else if (s.type === "candidate-pair" && s.nominated) {
        now.delay = Math.max(now.delay, s.currentRoundTripTime ?? 0);
      }
    }
    return this.pc === pc ? now : undefined;
  }

  /** Sends the own picture small, or as it is. */
  async reduce(small) {
    this.small = small;
    for (const { sender } of this.pc ? sendingLines(this.pc) : []) {
      if (sender.track?.kind !== "video") continue;
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings ?? []) {
        delete encoding.maxFramerate;
        delete encoding.maxBitrate;
        encoding.scaleResolutionDownBy = small ? 4 : 1;
        if (small) Object.assign(encoding, { maxFramerate: 5, maxBitrate: 60000 });
      }
      await sender.setParameters(parameters).catch(() => {}); // a browser that cannot sends the picture as it is
    }
  }

  /**
   * Gives the tracks to send, of the kinds audio, video and private; null sends nothing. Takes effect at once, without the court. What is private goes on a line
   * that serves nothing else: no packet of it can be taken for one that is for the court.
   */
  async setOwn(kind, track) {
    this.own[kind] = track;
    const lines = this.pc ? sendingLines(this.pc) : [];
    await Promise.all(lines.filter((t) => this.kindOf(t) === kind).map((t) => t.sender.replaceTrack(track)));
    if (this.small) await this.reduce(true);
  }

  kindOf(transceiver) {
    return this.aside && transceiver.mid === this.aside ? "private" : transceiver.receiver.track.kind;
  }

  /** Takes an offer or a candidate. One about an earlier connection is passed over; the first about the next ends this one. */
  async handle(message) {
    const number = message.connection ?? 0;
    if (number < this.number) return;
    if (number > this.number) this.close();
    this.number = number;
    if (message.type === "candidate") return this.candidate(message.candidate ?? null);
    return this.offer(message);
  }

  async candidate(candidate) {
    if (this.relayOnly && candidate && !(candidate = relayedCandidate(candidate))) return;
    if (!this.pc?.remoteDescription) {
      this.early.push(candidate);
      return;
    }
    try {
      await this.pc.addIceCandidate(candidate ?? undefined);
    } catch {
      // A candidate that this browser cannot use; others follow.
    }
  }

  async offer({ sdp, tracks, private: aside = "", connection: number = 0 }) {
    if (this.relayOnly) sdp = relayed(sdp);
    const told = new Map((tracks ?? []).map((line) => [line.mid, line]));
    this.takeDown(told);
    const pc = (this.pc ??= this.make());
    this.aside = aside;
    await pc.setRemoteDescription({ type: "offer", sdp });
    const wanted = wantedLines(sdp);
    for (const t of pc.getTransceivers()) {
      if (wanted.has(t.mid)) {
        t.direction = "sendonly";
        await t.sender.replaceTrack(this.own[this.kindOf(t)]);
      }
    }
    await pc.setLocalDescription();
    if (this.pc !== pc) return;
    this.send({ type: "answer", connection: number, sdp: this.relayOnly ? relayed(pc.localDescription.sdp) : pc.localDescription.sdp });
    this.place(told);
    if (this.small) await this.reduce(true);
    for (const candidate of this.early.splice(0)) await this.candidate(candidate);
  }

  make() {
    const pc = new RTCPeerConnection(this.configuration);
    const connection = this.number;
    pc.onicecandidate = ({ candidate }) => {
      if (this.pc !== pc) return;
      if (!candidate) return this.send({ type: "candidate", connection });
      const told = this.relayOnly ? relayedCandidate(candidate.toJSON()) : candidate.toJSON();
      if (told) this.send({ type: "candidate", connection, candidate: told });
    };
    pc.onconnectionstatechange = () => {
      if (this.pc === pc && ["failed", "closed"].includes(pc.connectionState)) {
        this.close();
        this.hear.failed();
      }
    };
    return pc;
  }

  takeDown(told) {
    for (const [mid, line] of this.placed) {
      const now = told.get(mid);
      const same = now && now.publisher === line.publisher && now.kind === line.kind && now.form === line.form;
      if (!same) this.placed.delete(mid);
    }
    this.hear.placed([...this.placed.values()]);
  }

  place(told) {
    for (const t of this.pc.getTransceivers()) {
      const line = told.get(t.mid);
      if (line && line.kind === t.receiver.track.kind) this.placed.set(t.mid, { ...line, track: t.receiver.track });
    }
    this.hear.placed([...this.placed.values()]);
  }
}

/** The mids on which the court receives. */
function wantedLines(sdp) {
  const wanted = new Set();
  for (const section of sdp.split(/^m=/m).slice(1)) {
    const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
    if (mid && /^a=recvonly\s*$/m.test(section)) wanted.add(mid);
  }
  return wanted;
}

const sendingLines = (pc) => pc.getTransceivers().filter((t) => t.direction === "sendonly");
