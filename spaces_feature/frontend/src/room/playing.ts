/** The Space on the lock screen: what stands there, and what its keys do with the session. */

import { hostOf } from '../core/seats';
import type { PageConfig, Session } from '../core/types';
import { showNowPlaying, type MediaControls } from './media-session';

export interface Playing {
  /** Whether the member has a place in a Space. */
  isIn: boolean;
  isPlaying: boolean;
  /** Null for who may not speak. */
  isMicrophoneOpen: boolean | null;
}

/** `pause` keeps the place and takes the sound. */
export function createPlaying(config: () => PageConfig, session: () => Session, pause: () => void): (now: Playing) => void {
  const quietly = (action: () => Promise<void>) => () => void action().catch(() => undefined);
  const keys: MediaControls = {
    play: quietly(() => session().startSound()),
    pause,
    stop: quietly(() => session().leave()),
    togglemicrophone: quietly(() => session().setMicrophone(session().get().microphone.kind !== 'open')),
    hangup: quietly(() => session().leave()),
  };

  return ({ isIn, isPlaying, isMicrophoneOpen }) => {
    const { snapshot, title } = session().get();
    const host = hostOf(snapshot)?.profile;
    const picture = host?.avatar_url ? new URL(host.avatar_url, location.href).href : '';
    const shown = { title: title || config().app_name, artist: host?.name ?? '', picture, isPlaying, isMicrophoneOpen };
    showNowPlaying(isIn ? shown : null, keys);
  };
}
