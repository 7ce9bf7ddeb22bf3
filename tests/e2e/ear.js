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

  /** What plays files; the sound of connections is looked at as such. */
  const files = () => [...players].filter((player) => !player.srcObject && !player.paused && player.readyState > 2);

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
    taps.set(id, listen(context.createMediaStreamSource(new MediaStream([track]))));
    return taps.get(id);
  }

  function tapFile(player) {
    context ??= new AudioContext();
    if (!taps.has(player)) taps.set(player, listen(context.createMediaElementSource(player)));
    // An element that is listened to comes out here, and nowhere else.
    taps.get(player).source.connect(context.destination);
    return taps.get(player);
  }

  function listen(source) {
    const analyser = context.createAnalyser();
    analyser.fftSize = 4096;
    analyser.smoothingTimeConstant = 0;
    source.connect(analyser);
    return { analyser, source };
  }

  function isLoud({ analyser }) {
    const samples = new Float32Array(256);
    analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length) >= 0.02;
  }

  function pitch({ analyser }) {
    if (!isLoud({ analyser })) return null;
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let loudest = 1;
    for (let bin = 2; bin < bins.length - 1; bin++) if (bins[bin] > bins[loudest]) loudest = bin;
    return (loudest * context.sampleRate) / analyser.fftSize;
  }

  /** Hz of everything that comes out within a third of a second. */
  async function heard() {
    const before = new Map((await inbound()).map(({ track, energy }) => [track, energy]));
    for (const track of before.keys()) tap(track);
    const places = new Map(files().map((player) => [player, player.currentTime]));
    for (const player of places.keys()) tapFile(player);
    if (!context) return [];
    if (context.state !== 'running') context.resume().catch(() => undefined);
    const clock = context.currentTime;
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (context.currentTime <= clock) return [];
    const played = files().filter((player) => player.currentTime > (places.get(player) ?? Infinity));
    return [
      ...(await inbound()).flatMap(({ track, energy }) => {
        const known = taps.get(track);
        return known && energy > (before.get(track) ?? energy) + 1e-6 ? [pitch(known)] : [];
      }),
      ...played.map((player) => pitch(tapFile(player))),
    ].filter((hz) => hz !== null);
  }

  /** Watches the sound until `longestQuiet` is asked: milliseconds without any, where a late look is not silence. */
  const diary = [];
  function watch() {
    diary.length = 0;
    let looks = 0;
    setInterval(async () => {
      looks += files().some((player) => isLoud(tapFile(player)));
      const sum = (await inbound()).reduce((total, { energy }) => total + energy, looks);
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
