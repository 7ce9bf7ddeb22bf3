/**
 * The Transport over live segments, which nobody's number limits. What fetches them comes when it is first needed; the
 * media element is made once for the document, stays out of it, and is touched by the first tap.
 */

import type { Tuned } from '../hls';
import { PLAYS } from '../core/turns';
import { awaitSound } from './first-sound';
import { overhear } from './overheard';
import type { OpenTransport } from './transport';

/** Milliseconds between two looks at how the sound goes on. */
const INTERVAL = 500;
/** Milliseconds of standing still after which the sound is lost. */
const STILL = 6000;
/** Milliseconds after which a pause is no longer one that a change of address brings with it. */
const SETTLED = 300;
/** Milliseconds in which the last words of a Space that is over are heard, at most. */
const LAST_WORDS = 8000;
/** Seconds by which what is told of being late may be wrong before it is told anew. */
const ROUGHLY = 0.8;

let element: HTMLAudioElement | null = null;
/** Whose sound the element plays. */
let owner: AbortController | null = null;

export const openSegments: OpenTransport = (listeners) => {
  const audio = (element ??= new Audio());
  const life = new AbortController();
  const { signal } = life;
  let address = '';
  let source: Tuned | null = null;
  let isTaken = false;
  let told = -Infinity;
  const stops: (() => void)[] = [];
  const stopWatching = () => stops.splice(0).forEach((stop) => stop());
  signal.addEventListener('abort', stopWatching);

  /** Begins to play. Where the browser wants a tap first, that is told, and the rest is ready. */
  async function play(): Promise<void> {
    try {
      await audio.play();
      listeners.sound(false);
    } catch (error) {
      if ((error as DOMException).name !== 'NotAllowedError') throw error;
      listeners.sound(true);
    }
  }

  /** A call, or another app that takes the sound, pauses the element and tells nobody else. */
  function watchPauses(): void {
    const paused = () => {
      setTimeout(() => {
        isTaken = audio.paused && !signal.aborted;
        if (isTaken) listeners.sound(true);
      }, SETTLED);
    };
    const playing = () => {
      if (isTaken) listeners.sound(false);
      isTaken = false;
    };
    audio.addEventListener('pause', paused, { signal });
    audio.addEventListener('playing', playing, { signal });
  }

  function watchProgress(): void {
    let at = -1;
    let movedAt = performance.now();
    const timer = setInterval(() => {
      const isMoving = audio.currentTime !== at;
      at = audio.currentTime;
      if (isMoving || audio.paused) movedAt = performance.now();
      if (performance.now() - movedAt > STILL) return listeners.lost('unknown');
      const late = isMoving ? (source?.late() ?? null) : null;
      if (late === null || Math.abs(late - told) < ROUGHLY) return;
      told = late;
      listeners.late(late);
    }, INTERVAL);
    stops.push(() => clearInterval(timer));
  }

  const amplitudes = async () => (source && !audio.paused ? source.amplitudes() : new Map<string, number>());

  function watchVoices(): void {
    const overheard = overhear(amplitudes, () => listeners.talking(overheard.identities));
    const from = audio.currentTime;
    const isSoundOut = async () => !audio.paused && !audio.muted && audio.currentTime > from;
    stops.push(overheard.stop, awaitSound(isSoundOut, () => listeners.played()));
  }

  function silence(): void {
    life.abort();
    if (owner !== life) return;
    owner = null;
    audio.pause();
    audio.removeAttribute('src');
    audio.load();
  }

  /** A host says goodbye and ends: here that is heard seconds later, unless something else is to be heard. */
  function hearLastWords(): void {
    stopWatching();
    const timer = setTimeout(silence, LAST_WORDS);
    stops.push(() => clearTimeout(timer));
    for (const type of ['waiting', 'pause', 'ended']) audio.addEventListener(type, silence, { signal });
    document.addEventListener(PLAYS, silence, { signal });
  }

  return {
    canPublish: false,
    async connect(url) {
      address = new URL(url, location.href).href;
      owner = life;
      const { tune } = await import('../hls');
      const on = { turnedAway: () => listeners.turnedAway(), lost: () => listeners.lost('unknown') };
      source = await tune(audio, () => address, on, signal);
      if (signal.aborted) return source.close();
      signal.addEventListener('abort', source.close);
      await play();
      if (signal.aborted) return;
      watchPauses();
      watchProgress();
      watchVoices();
    },
    renew(url) {
      address = new URL(url, location.href).href;
      source?.renew();
    },
    async drop(isOver = false) {
      if (isOver && owner === life && !audio.paused) hearLastWords();
      else silence();
    },
    async startAudio() {
      source?.catchUp();
      if (source) await audio.play();
      // Loaded inside a tap, it may play by itself later.
      else if (!owner) audio.load();
    },
    packets: async () => 0,
    amplitudes,
    setVolume(volume) {
      audio.volume = volume;
      // Some systems keep the volume to themselves.
      audio.muted = volume === 0;
    },
    setOutput: async (device_id) => audio.setSinkId?.(device_id),
    publish: async () => undefined,
    setOpen: async () => undefined,
  };
};
