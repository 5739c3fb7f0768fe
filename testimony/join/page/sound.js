// The sound of the device check: two soft tones, made here.

export function hum() {
  let context;
  try {
    context = new AudioContext();
  } catch {
    return; // a browser without sound cannot be heard
  }
  const start = context.currentTime + 0.05;
  [440, 587].forEach((pitch, n) => {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const at = start + n * 0.7;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.05);
    volume.gain.linearRampToValueAtTime(0, at + 0.6);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.65);
    if (n === 1) tone.onended = () => void context.close();
  });
}
