/** What the lock screen and a headset show and do of a replay. */

import type { PlayerState } from './player';
import type { Recording } from './recording';
import { BACK, FORWARD } from './keys';
import { nextSpeaker } from './voices';

interface Controls {
  play(space_id: string): Promise<unknown>;
  pause(): void;
  seek(at_s: number): void;
  get(): PlayerState;
}

let shown = '';

/** Shows the replay while it is in the player; a live Space that takes over shows itself. */
export function showReplay({ space_id, is_playing, at_s, rate }: PlayerState, recording: Recording | null, player: Controls): void {
  const session = navigator.mediaSession as MediaSession | undefined;
  if (!session) return;
  const next = space_id && recording ? `${space_id} ${is_playing}` : '';
  // Paused for a live Space, what stands there is not ours to clear.
  if (!next && !shown) return;
  if (next !== shown) {
    const isOther = next.split(' ')[0] !== shown.split(' ')[0];
    shown = next;
    if (isOther) register(session, space_id, recording, player);
    session.playbackState = next ? (is_playing ? 'playing' : 'paused') : 'none';
  }
  if (next && recording && recording.duration_s > 0)
    session.setPositionState?.({ duration: recording.duration_s, position: Math.min(at_s, recording.duration_s), playbackRate: rate });
}

function register(session: MediaSession, space_id: string | null, recording: Recording | null, player: Controls): void {
  const by = (seconds: number) => player.seek(player.get().at_s + seconds);
  const handlers: Partial<Record<MediaSessionAction, MediaSessionActionHandler>> = {
    play: () => void (space_id && player.play(space_id)),
    pause: () => player.pause(),
    seekbackward: ({ seekOffset }) => by(-(seekOffset ?? BACK)),
    seekforward: ({ seekOffset }) => by(seekOffset ?? FORWARD),
    seekto: ({ seekTime }) => seekTime != null && player.seek(seekTime),
    nexttrack: () => {
      const to = nextSpeaker(recording?.turns ?? [], player.get().at_s);
      if (to !== null) player.seek(to);
    },
  };
  const isShown = Boolean(space_id && recording);
  for (const [action, handler] of Object.entries(handlers) as [MediaSessionAction, MediaSessionActionHandler][]) {
    try {
      session.setActionHandler(action, isShown ? handler : null);
    } catch {
      // This browser does not know the action.
    }
  }
  const picture = recording?.host?.avatar_url;
  session.metadata =
    isShown && recording
      ? new MediaMetadata({
          title: recording.title,
          artist: recording.host?.name ?? '',
          artwork: picture ? [{ src: new URL(picture, location.href).href }] : [],
        })
      : null;
}
