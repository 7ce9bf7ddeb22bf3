// What a page really plays: the right pitch counts only where the browser says that sound came out.
// It watches the browser's own objects from outside; the product knows nothing of it.
(() => {
  if (window !== top) return;
  const connections = [];
  const taps = new Map();
  let context = null;

  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      connections.push(this);
    }
  };

  // A steady tone is what noise suppression takes away; a voice is not.
  const devices = navigator.mediaDevices;
  if (devices) {
    const ask = devices.getUserMedia.bind(devices);
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    devices.getUserMedia = (wanted) =>
      ask(wanted && wanted.audio ? { ...wanted, audio: { ...Object(wanted.audio), ...plain } } : wanted);
  }

  const players = new Set();
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    players.add(this);
    return play.call(this);
  };
  /** What a phone does to a page when a call comes in. */
  const interrupt = () => players.forEach((player) => player.pause());

  const open = () => connections.filter(({ connectionState }) => connectionState === 'connected');

  async function inbound() {
    const found = [];
    for (const [index, connection] of connections.entries()) {
      if (connection.connectionState !== 'connected') continue;
      for (const report of (await connection.getStats()).values())
        if (report.type === 'inbound-rtp' && report.kind === 'audio')
          found.push({ connection: index, track: report.trackIdentifier, energy: report.totalAudioEnergy ?? 0 });
    }
    return found;
  }

  function tap(id) {
    if (taps.has(id)) return taps.get(id);
    const track = open().flatMap((one) => one.getReceivers()).map((one) => one.track).find((one) => one.id === id);
    if (!track) return null;
    context ??= new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    analyser.smoothingTimeConstant = 0;
    const source = context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    taps.set(id, { analyser, source });
    return taps.get(id);
  }

  function pitch({ analyser }) {
    const samples = new Float32Array(256);
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatTimeDomainData(samples);
    if (Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length) < 0.02) return null;
    analyser.getFloatFrequencyData(bins);
    let loudest = 1;
    for (let bin = 2; bin < bins.length - 1; bin++) if (bins[bin] > bins[loudest]) loudest = bin;
    return (loudest * context.sampleRate) / analyser.fftSize;
  }

  /** Hz of everything that comes out within a third of a second. */
  async function heard() {
    const before = new Map((await inbound()).map(({ track, energy }) => [track, energy]));
    for (const track of before.keys()) tap(track);
    if (!context) return [];
    if (context.state !== 'running') context.resume().catch(() => undefined);
    const clock = context.currentTime;
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (context.currentTime <= clock) return [];
    return (await inbound()).flatMap(({ track, energy }) => {
      const known = taps.get(track);
      const hz = known && energy > (before.get(track) ?? energy) + 1e-6 ? pitch(known) : null;
      return hz === null ? [] : [hz];
    });
  }

  /** Watches the sound until `longestQuiet` is asked: milliseconds without any, where a late look is not silence. */
  const diary = [];
  function watch() {
    diary.length = 0;
    setInterval(async () => {
      const sum = (await inbound()).reduce((total, { energy }) => total + energy, 0);
      diary.push({ at: performance.now(), sum });
    }, 50);
  }

  function longestQuiet() {
    let longest = 0;
    let loudAt = diary[0]?.at ?? 0;
    let quiet = 0;
    for (const [index, { at, sum }] of diary.entries()) {
      if (index === 0) continue;
      if (sum > diary[index - 1].sum + 1e-7) {
        if (quiet) longest = Math.max(longest, at - loudAt);
        loudAt = at;
        quiet = 0;
      } else quiet++;
    }
    return Math.max(longest, quiet ? performance.now() - loudAt : 0);
  }

  /** How many connections this document made, and which of them carry sound now. */
  const state = async () => ({
    made: connections.length,
    carrying: (await inbound()).map(({ connection, track }) => `${connection}:${track}`),
  });

  window.ear = { heard, watch, longestQuiet, state, interrupt };
})();
