/**
 * The lock screen and a headset's keys, for whatever is played that is no live Space: they belong to what began to play
 * last. A Space that is entered has them for itself.
 */

import { pageDeps } from '../context';

type Action = 'play' | 'pause' | 'seekbackward' | 'seekforward' | 'seekto' | 'nexttrack';
export type Keys = Partial<Record<Action, MediaSessionActionHandler>>;

export interface Shown {
  title: string;
  artist: string;
  /** Address of a picture; may be relative, or empty. */
  picture: string;
  keys: Keys;
}

const ACTIONS: Action[] = ['play', 'pause', 'seekbackward', 'seekforward', 'seekto', 'nexttrack'];
const NO_SPACE = new Set(['idle', 'ended', 'removed', 'failed', 'elsewhere']);

let holder: unknown = null;
let isWatching = false;

export const holdsKeys = (who: unknown): boolean => holder === who;

/** Shows it, in the place of whatever stood there. Does nothing while the member is in a Space. */
export function takeKeys(who: unknown, { title, artist, picture, keys }: Shown): void {
  const session = navigator.mediaSession as MediaSession | undefined;
  if (!session || isInSpace()) return;
  watch();
  holder = who;
  register(session, keys);
  const artwork = picture ? [{ src: new URL(picture, location.href).href }] : [];
  session.metadata = new MediaMetadata({ title, artist, artwork });
}

/** How it stands with what is shown; seconds. */
export function tellKeys(who: unknown, isPlaying: boolean, duration: number, position: number, playbackRate: number): void {
  const session = navigator.mediaSession as MediaSession | undefined;
  if (!session || holder !== who) return;
  session.playbackState = isPlaying ? 'playing' : 'paused';
  if (duration > 0) session.setPositionState?.({ duration, position: Math.min(Math.max(0, position), duration), playbackRate });
}

export function giveKeysBack(who: unknown): void {
  const session = navigator.mediaSession as MediaSession | undefined;
  if (!session || holder !== who) return;
  holder = null;
  register(session, {});
  session.setPositionState?.();
  session.playbackState = 'none';
  session.metadata = null;
}

function register(session: MediaSession, keys: Keys): void {
  for (const action of ACTIONS) {
    try {
      session.setActionHandler(action, keys[action] ?? null);
    } catch {
      // This browser does not know the action.
    }
  }
}

const isInSpace = (): boolean => !NO_SPACE.has(pageDeps().session.get().connection.kind);

/** The Space shows itself after this: its own state changes first. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  pageDeps().session.subscribe(() => holder !== null && isInSpace() && giveKeysBack(holder));
}
