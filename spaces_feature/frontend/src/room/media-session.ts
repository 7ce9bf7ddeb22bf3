/** What the lock screen and a headset show and do. The handlers stand in a table, since no test can press such a key. */

export interface MediaControls {
  play(): void;
  pause(): void;
  stop(): void;
  togglemicrophone(): void;
  hangup(): void;
}

export interface NowPlaying {
  title: string;
  artist: string;
  /** Absolute URL; may be empty. */
  picture: string;
  isPlaying: boolean;
  /** Null for who may not speak. */
  isMicrophoneOpen: boolean | null;
}

/** What is registered now, by action. */
export const controls: Partial<MediaControls> = {};

let shown = JSON.stringify(null);

/** Shows `playing` on the lock screen; null takes everything away again. What stands there already stays untouched. */
export function showNowPlaying(playing: NowPlaying | null, handlers: MediaControls): void {
  const next = JSON.stringify(playing);
  if (next === shown) return;
  shown = next;
  const session = navigator.mediaSession as (MediaSession & { setMicrophoneActive?(active: boolean): void }) | undefined;
  if (!session) return;
  for (const action of Object.keys(handlers) as (keyof MediaControls)[]) {
    if (playing) controls[action] = handlers[action];
    else delete controls[action];
    try {
      session.setActionHandler(action as MediaSessionAction, playing ? handlers[action] : null);
    } catch {
      // This browser does not know the action.
    }
  }
  session.playbackState = playing ? (playing.isPlaying ? 'playing' : 'paused') : 'none';
  session.metadata = playing
    ? new MediaMetadata({
        title: playing.title,
        artist: playing.artist,
        artwork: playing.picture ? [{ src: playing.picture }] : [],
      })
    : null;
  if (playing?.isMicrophoneOpen != null) session.setMicrophoneActive?.(playing.isMicrophoneOpen);
}
