// This device's own camera and microphone, for the roles that speak in the hearing.

const wanted = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 25, max: 30 } },
};

const faults = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "failed",
};

export class OwnMedia {
  constructor() {
    this.stream = null;
    this.microphone = true; // as the guest wants it
    this.camera = true;
  }

  /** Asks for camera and microphone. Throws denied, missing, busy or failed. */
  async start(withCamera) {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(withCamera ? wanted : { audio: wanted.audio });
    } catch (error) {
      throw new Error(faults[error?.name] ?? "failed");
    }
    this.apply();
  }

  track(kind) {
    return this.stream?.getTracks().find((t) => t.kind === kind) ?? null;
  }

  has(kind) {
    return this.track(kind)?.readyState === "live";
  }

  /**
   * Switches the devices as the guest and the court want them; what is off sends silence and black, if it sends at all. The
   * camera goes off with the sound only where the guest has stopped both.
   */
  apply(silent = false, stopped = false) {
    const microphone = this.track("audio");
    const camera = this.track("video");
    if (microphone) microphone.enabled = this.microphone && !silent && !stopped;
    if (camera) camera.enabled = this.camera && !stopped;
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }
}

/** Shows a microphone's level in an element with role meter, ten steps, until the returned function is called. */
export function showLevel(stream, meter) {
  while (meter.children.length < 10) meter.append(document.createElement("span"));
  let context;
  try {
    context = new AudioContext();
  } catch {
    return () => {};
  }
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, s) => sum + s * s, 0) / samples.length;
    const level = Math.max(0, Math.min(10, Math.round((10 * Math.log10(power + 1e-10) + 60) / 5)));
    meter.setAttribute("aria-valuenow", String(level));
    [...meter.children].forEach((step, i) => step.classList.toggle("on", i < level));
  }, 120);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}
