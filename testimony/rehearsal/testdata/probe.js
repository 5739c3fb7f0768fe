// Looks at every track that any peer connection of this page receives: pictures for a grid of light and dark squares,
// and for one colour all over (Firefox's own fake camera), sound for two pure tones. The page's own use of the tracks does
// not matter.
(() => {
  const mark = globalThis.__mark;
  const bits = BigInt("0x" + mark.bits);
  const seen = { tracks: 0, pictures: 0, marked: 0, flat: 0, sounds: 0, tones: 0, interpreted: 0 };
  const connections = globalThis.__connections = [];
  const grid = 8;

  const hasMark = (data, width, height) => {
    const side = height / 2, left = (width - side) / 2, top = (height - side) / 2;
    const values = [];
    let light = 0, dark = 0, nLight = 0, nDark = 0;
    for (let i = 0; i < grid * grid; i++) {
      const x0 = left + (i % grid) * side / grid, y0 = top + Math.floor(i / grid) * side / grid, s = side / grid;
      let sum = 0, n = 0;
      for (let y = Math.ceil(y0 + s / 4); y < y0 + 3 * s / 4; y++) {
        for (let x = Math.ceil(x0 + s / 4); x < x0 + 3 * s / 4; x++) {
          const at = (y * width + x) * 4;
          sum += 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2];
          n++;
        }
      }
      const v = sum / n, bit = (bits >> BigInt(i)) & 1n;
      values.push(v);
      if (bit) { light += v; nLight++; } else { dark += v; nDark++; }
    }
    light /= nLight; dark /= nDark;
    if (light - dark < 25) return false;
    let right = 0;
    values.forEach((v, i) => { if ((v > (light + dark) / 2) === (((bits >> BigInt(i)) & 1n) === 1n)) right++; });
    return right >= grid * grid * 0.9;
  };

  const isFlat = (data) => {
    let low = 255, high = 0;
    const below = Math.floor(data.length / 16) * 4; // the fake camera writes the time at its top
    for (let at = below; at < data.length; at += 4 * 97) {
      const v = 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2];
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    return high - low < 12 && low > 40; // a camera that is off is black all over
  };

  const watchPicture = (track) => {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    video.play().catch(() => {});
    const canvas = new OffscreenCanvas(16, 16);
    const look = () => {
      if (video.videoWidth > 0) {
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        const pen = canvas.getContext("2d", { willReadFrequently: true });
        pen.drawImage(video, 0, 0);
        seen.pictures++;
        const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
        if (hasMark(data, canvas.width, canvas.height)) seen.marked++;
        if (isFlat(data)) seen.flat++;
      }
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  };

  const fftSize = 8192, rate = 48000;
  const note = (analyser) => {
    const spectrum = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(spectrum);
    const stands = (hertz) => {
      const bin = Math.round(hertz * fftSize / rate);
      const peak = Math.max(spectrum[bin - 1], spectrum[bin], spectrum[bin + 1]);
      const around = [bin - 14, bin - 10, bin + 10, bin + 14].reduce((sum, b) => sum + spectrum[b], 0) / 4;
      return peak > -60 && peak > around + 15; // dB
    };
    if (spectrum.some((v) => v > -90)) seen.sounds++;
    if (stands(mark.tone)) seen.tones++;
    if (stands(mark.interpreter)) seen.interpreted++;
  };
  const analyserOf = (context, source) => {
    const analyser = context.createAnalyser();
    analyser.fftSize = fftSize;
    analyser.smoothingTimeConstant = 0;
    source.connect(analyser);
    return analyser;
  };

  let audio;
  const watchSound = (track) => {
    audio ??= new AudioContext({ sampleRate: rate });
    const stream = new MediaStream([track]);
    const element = new Audio(); // without one, Chromium decodes nothing for an audio graph
    element.srcObject = stream;
    element.muted = true;
    element.play().catch(() => {});
    const analyser = analyserOf(audio, audio.createMediaStreamSource(stream));
    setInterval(() => note(analyser), 100);
  };

  // Where the machine has no loudspeaker Firefox runs no audio graph, but it records.
  const recordSound = async (track) => {
    while (track.readyState === "live") {
      const recorder = new MediaRecorder(new MediaStream([track]), { mimeType: "audio/webm;codecs=opus" });
      const part = new Promise((resolve) => { recorder.ondataavailable = ({ data }) => resolve(data); });
      recorder.start();
      await new Promise((resolve) => { setTimeout(resolve, 400); });
      if (recorder.state === "recording") recorder.stop();
      try {
        const buffer = await new OfflineAudioContext(1, rate, rate).decodeAudioData(await (await part).arrayBuffer());
        const graph = new OfflineAudioContext(1, buffer.length, rate);
        const source = graph.createBufferSource();
        source.buffer = buffer;
        const analyser = analyserOf(graph, source);
        analyser.connect(graph.destination);
        source.start();
        await graph.startRendering();
        note(analyser);
      } catch { /* nothing was recorded of a track that is silent */ }
    }
  };

  const Real = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      connections.push(this);
      this.addEventListener("track", (event) => {
        seen.tracks++;
        (event.track.kind === "video" ? watchPicture : mark.records ? recordSound : watchSound)(event.track);
      });
    }
  };

  const ended = new Map();
  globalThis.__found = async () => {
    let packets = 0;
    for (const connection of connections) {
      let mine = 0;
      try {
        for (const report of (await connection.getStats()).values()) {
          if (report.type === "inbound-rtp") mine += report.packetsReceived;
        }
      } catch { /* closed: what it had is what counts */ }
      ended.set(connection, Math.max(ended.get(connection) ?? 0, mine));
      packets += ended.get(connection);
    }
    return { ...seen, packets, connections: connections.length };
  };
})();
