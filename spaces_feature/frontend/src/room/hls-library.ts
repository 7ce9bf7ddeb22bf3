/** Live segments by hls.js, where the browser takes them from a script. */

import type Hls from 'hls.js';
import { AHEAD } from './hls-playlist';
import { SLACK, beside, isTurnedAway, type Source, type Told } from './hls-source';

/** Milliseconds until fetching is tried again after it came to an end. */
const AGAIN = 1000;
/** Milliseconds within which the decoder is not repaired twice. */
const REPAIRED = 5000;
/** Seconds that may lie between the stage and the playlist; beyond that it is a clock that is wrong. */
const MAKING = 5;

export function byLibrary(Player: typeof Hls, audio: HTMLAudioElement, address: () => string, told: Told): Source {
  const hls = new Player({
    // Sound alone is little work, and a strict host lets no worker be made from a string.
    enableWorker: false,
    liveSyncDurationCount: AHEAD,
    // What lags behind by more jumps; it is never played faster.
    liveMaxLatencyDurationCount: 5,
    liveDurationInfinity: true,
    backBufferLength: 10,
    // Each request goes to the address of now: the one that the playlist came from may be over.
    xhrSetup: (xhr, url) => xhr.open('GET', beside(address(), url), true),
  });
  let repairedAt = -Infinity;
  /** Set while nothing is fetched. */
  let again: ReturnType<typeof setTimeout> | undefined;

  /** Milliseconds by which the server's clock is ahead of ours; it says whole seconds, the last of which has just begun. */
  let ahead = -Infinity;
  hls.on(Player.Events.LEVEL_LOADED, (_, { networkDetails }) => {
    const date = Date.parse((networkDetails as XMLHttpRequest | null)?.getResponseHeader('Date') ?? '');
    if (!Number.isNaN(date)) ahead = Math.max(ahead, date - Date.now());
  });

  function late(): number | null {
    if (!hls.levels[0]?.details || audio.currentTime === 0) return null;
    const { latency, playingDate } = hls;
    const made = playingDate ? (Date.now() + ahead - playingDate.getTime()) / 1000 : NaN;
    return made > latency && made < latency + MAKING ? made : latency;
  }

  function goOn(): void {
    clearTimeout(again);
    again = undefined;
    hls.startLoad();
  }

  hls.on(Player.Events.ERROR, (_, { fatal, type, response }) => {
    const status = response?.code ?? 0;
    if (type === Player.ErrorTypes.NETWORK_ERROR && (status === 403 || (fatal && isTurnedAway(status)))) told.turnedAway();
    if (!fatal) return;
    if (type === Player.ErrorTypes.NETWORK_ERROR) {
      // What is fetched plays on meanwhile; silence that lasts is noticed by whoever listens.
      again ??= setTimeout(goOn, AGAIN);
    } else if (type === Player.ErrorTypes.MEDIA_ERROR && performance.now() - repairedAt > REPAIRED) {
      repairedAt = performance.now();
      hls.recoverMediaError();
    } else told.lost();
  });
  hls.loadSource(address());
  hls.attachMedia(audio);

  return {
    place() {
      const now = audio.currentTime;
      const heard = hls.levels[0]?.details?.fragments.find(({ start, duration }) => start <= now && now < start + duration);
      return heard ? { url: heard.url, into_ms: (now - heard.start) * 1000 } : null;
    },
    late,
    renew: () => again === undefined || goOn(),
    catchUp() {
      const edge = hls.liveSyncPosition;
      if (edge !== null && edge - audio.currentTime > SLACK) audio.currentTime = edge;
    },
    close() {
      clearTimeout(again);
      hls.destroy();
    },
  };
}
