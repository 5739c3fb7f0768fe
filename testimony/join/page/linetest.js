// Tries this device and its line to the court: what the camera and the microphone give, and what the line carries. The court keeps the result
// with the hearing, so that somebody can mend what is wrong before the hour. It holds no name of a device and no address.

const page = (name) => new URL(name, import.meta.url);
const small = () => fetch(page("icon.svg"), { cache: "no-store", signal: AbortSignal.timeout(10000) }).then((r) => r.arrayBuffer());
const share = 256 << 10; // bytes, as the court gives and takes them
const patience = 20000;
const audible = 0.02; // of full scale

/** Listens to a stream until somebody is heard; the result's heard says whether that was so. */
export function listenTo(stream) {
  const result = { heard: false, stop: () => {} };
  if (!stream?.getAudioTracks().length) return result;
  let context;
  try {
    context = new AudioContext();
  } catch {
    return result;
  }
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    if (samples.some((s) => Math.abs(s) > audible)) {
      result.heard = true;
      result.stop();
    }
  }, 100);
  result.stop = () => {
    clearInterval(timer);
    void context.close().catch(() => {});
    result.stop = () => {};
  };
  return result;
}

async function timed(act) {
  const start = performance.now();
  await act();
  return Math.max(performance.now() - start, 1);
}

/** What the line carries: {down, up, round_trip}; zero where it could not be measured. */
export async function measure() {
  const found = { down: 0, up: 0, round_trip: 0 };
  try {
    await small(); // opens the connection
    const trips = [];
    for (let i = 0; i < 3; i++) trips.push(await timed(small));
    found.round_trip = Math.round(Math.min(...trips));
    const rate = (time) => Math.min(Math.round((share * 8) / time), 10000000);
    const options = () => ({ cache: "no-store", signal: AbortSignal.timeout(patience) });
    found.down = rate(await timed(() => fetch(page("../t"), options()).then((r) => r.arrayBuffer())));
    const body = new Uint8Array(share);
    for (let at = 0; at < share; at += 65536) crypto.getRandomValues(body.subarray(at, at + 65536)); // nothing on the way makes it smaller
    found.up = rate(await timed(() => fetch(page("../t"), { ...options(), method: "POST", body })));
  } catch {
    // What was not measured stays zero, and the court is told that.
  }
  return found;
}
