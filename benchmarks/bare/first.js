// When a page is first heard: the analyser of each new track is looked at every 4 ms, and a loud look counts only when
// the pitch is right and the browser's own statistics say that the energy really came out.
(() => {
  if (window !== top) return;
  const context = new AudioContext();
  const taps = [];
  const epoch = () => performance.timeOrigin + performance.now();
  const resume = () => context.resume().catch(() => undefined);
  let clickedAt = 0;

  resume();
  addEventListener(
    'click',
    () => {
      clickedAt = epoch();
      resume();
    },
    true,
  );

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      this.addEventListener('track', ({ track }) => track.kind === 'audio' && tap(this, track));
    }
  };

  // Noise suppression takes a steady tone away.
  const devices = navigator.mediaDevices;
  if (devices) {
    const ask = devices.getUserMedia.bind(devices);
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    devices.getUserMedia = (wanted) =>
      ask(wanted && wanted.audio ? { ...wanted, audio: { ...Object(wanted.audio), ...plain } } : wanted);
  }

  function tap(connection, track) {
    const analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    analyser.smoothingTimeConstant = 0;
    const source = context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    taps.push({ connection, track, analyser, source, addedAt: epoch(), loudAt: null, hz: null });
  }

  const samples = new Float32Array(256);
  setInterval(() => {
    for (const one of taps) {
      if (one.loudAt !== null) continue;
      one.analyser.getFloatTimeDomainData(samples);
      if (Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length) >= 0.02) one.loudAt = epoch();
    }
  }, 4);

  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  async function energy({ connection, track }) {
    for (const report of (await connection.getStats()).values())
      if (report.type === 'inbound-rtp' && report.trackIdentifier === track.id) return report.totalAudioEnergy ?? 0;
    return 0;
  }

  function pitch({ analyser }) {
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let loudest = 1;
    for (let bin = 2; bin < bins.length - 1; bin++) if (bins[bin] > bins[loudest]) loudest = bin;
    return (loudest * context.sampleRate) / analyser.fftSize;
  }

  async function comesOut(one, hz) {
    const [before, clock] = [await energy(one), context.currentTime];
    await pause(250);
    return (await energy(one)) > before + 1e-6 && context.currentTime > clock && Math.abs(pitch(one) - hz) < 25;
  }

  /** Milliseconds since the epoch at which a track added after `since` was first heard with this pitch, else null. */
  async function heard(since, hz, limit) {
    for (const ends = performance.now() + limit; performance.now() < ends; await pause(10))
      for (const one of taps)
        if (one.addedAt > since && one.loudAt !== null && (await comesOut(one, hz))) return one.loudAt;
    return null;
  }

  window.first = { heard, clickedAt: () => clickedAt };
})();
