/**
 * The playlist behind a media element: by hls.js wherever there is MSE or ManagedMediaSource, natively elsewhere. Its
 * addresses live for minutes, so a longer replay is given fresh ones while it plays.
 */

import type Hls from 'hls.js';
import type { Fragment } from 'hls.js';
import { isPassing } from '../core/no-answer';

export interface Source {
  /** Goes on with the same sound at fresh addresses, without a gap where that can be. */
  renew(url: string): Promise<void>;
  close(): void;
}

/** Why the sound does not come: the HTTP status, 0 for the network, or -1 for sound that cannot be played. */
export type Lost = (status: number) => void;

export type Connect = (audio: HTMLAudioElement, url: string, at_s: number, lost: Lost) => Promise<Source>;

/** Seconds that are fetched ahead. */
const AHEAD = 40;
/** Milliseconds until fetching is tried again when nothing answers. */
const AGAIN = 2000;

export const connect: Connect = async (audio, url, at_s, lost) => {
  const { default: Player } = await import('hls.js/light');
  return Player.isSupported() ? byHls(Player, audio, url, at_s, lost) : natively(audio, url, at_s, lost);
};

export function byHls(Player: typeof Hls, audio: HTMLAudioElement, url: string, at_s: number, lost: Lost): Source {
  // Sound alone is little work, and a strict host lets no worker be made from a string.
  const hls = new Player({ enableWorker: false, startPosition: at_s, maxBufferLength: AHEAD, maxMaxBufferLength: AHEAD });
  let recovered = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  hls.on(Player.Events.ERROR, (_, { fatal, type, response }) => {
    if (!fatal) return;
    if (type === Player.ErrorTypes.MEDIA_ERROR && !recovered) {
      recovered = true;
      hls.recoverMediaError();
      return;
    }
    const status = type === Player.ErrorTypes.NETWORK_ERROR ? (response?.code ?? 0) : -1;
    // What is fetched plays on meanwhile. Without a list of what there is, somebody else has to ask for that.
    if (isPassing(status) && hls.levels[0]?.details) again = setTimeout(() => hls.startLoad(), AGAIN);
    else queueMicrotask(() => lost(status));
  });
  hls.loadSource(url);
  hls.attachMedia(audio);
  return {
    async renew(fresh) {
      const details = hls.levels[0]?.details;
      const list = await playlist(fresh);
      if (details && list && passOn(details.fragments, list)) return;
      hls.config.startPosition = audio.currentTime;
      hls.loadSource(fresh);
    },
    close() {
      clearTimeout(again);
      hls.destroy();
    },
  };
}

function natively(audio: HTMLAudioElement, url: string, at_s: number, lost: Lost): Source {
  let stop: (() => void) | undefined;
  function load(address: string, place: number): void {
    stop?.();
    const begin = () => (audio.currentTime = place);
    const fail = () => void statusOf(address).then(lost);
    audio.addEventListener('loadedmetadata', begin, { once: true });
    audio.addEventListener('error', fail, { once: true });
    stop = () => {
      audio.removeEventListener('loadedmetadata', begin);
      audio.removeEventListener('error', fail);
    };
    audio.src = address;
  }
  load(url, at_s);
  return {
    async renew(fresh) {
      const isPlaying = !audio.paused;
      load(fresh, audio.currentTime);
      if (isPlaying) await audio.play().catch(() => undefined);
    },
    close() {
      stop?.();
      audio.removeAttribute('src');
      audio.load();
    },
  };
}

/** A media element says that it failed, not why. */
async function statusOf(url: string): Promise<number> {
  try {
    const { ok, status } = await fetch(url, { credentials: 'same-origin' });
    return ok ? -1 : status;
  } catch {
    return 0;
  }
}

export interface Playlist {
  init: string | null;
  segments: string[];
}

/** The absolute addresses in a playlist, in order. */
export function addressesOf(text: string, base: string): Playlist {
  const absolute = (address: string) => new URL(address, base).href;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const map = lines.map((line) => /^#EXT-X-MAP:.*URI="([^"]+)"/.exec(line)?.[1]).find(Boolean);
  return {
    init: map ? absolute(map) : null,
    segments: lines.filter((line) => line && !line.startsWith('#')).map(absolute),
  };
}

async function playlist(url: string): Promise<Playlist | null> {
  try {
    const answer = await fetch(url, { credentials: 'same-origin' });
    return answer.ok ? addressesOf(await answer.text(), answer.url) : null;
  } catch {
    return null;
  }
}

/** Whether the same segments have their fresh addresses now; what is fetched already stays. */
export function passOn(fragments: Pick<Fragment, 'url' | 'initSegment'>[], { init, segments }: Playlist): boolean {
  if (fragments.length !== segments.length) return false;
  for (const [place, fragment] of fragments.entries()) {
    fragment.url = segments[place]!;
    if (init && fragment.initSegment) fragment.initSegment.url = init;
  }
  return true;
}
