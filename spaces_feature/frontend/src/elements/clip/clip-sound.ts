/**
 * One thing speaks at a time. Whatever begins to play says so by `spaces-plays` on the document, and what played before
 * pauses. The Space in the dock goes on, lowered for as long as somebody listens to a clip over it; a Space that is entered
 * meanwhile pauses clip and replay.
 *
 * @fires spaces-plays - On the document; `detail.by` is the media element that begins.
 */

import { PLAYS } from '../../core/turns';
import { pageDeps } from '../context';

/** What is left of the live sound under a clip. */
const UNDER = 0.15;
const LIVE = new Set(['connected', 'reconnecting']);

/** What plays. */
let current: HTMLMediaElement | null = null;
/** The volume to go back to, while the Space in the dock is lowered. */
let lowered: number | null = null;

export interface Manners {
  /** Whether it is heard over the Space in the dock, lowered, rather than in its place. */
  isOver?: boolean;
  /** How it stops for the next one. */
  pause?(): void;
}

/** Lets the media element take turns with everything else that plays here. Returns what ends that, and its sound. */
export function takeTurns(audio: HTMLMediaElement, { isOver = true, pause = () => audio.pause() }: Manners = {}): () => void {
  const { session } = pageDeps();
  let wasLive = LIVE.has(session.get().connection.kind);
  const others = ({ detail }: CustomEvent<{ by: unknown }>) => detail.by !== audio && pause();
  const stop = session.subscribe(({ connection }) => {
    const isLive = LIVE.has(connection.kind);
    if (isLive && !wasLive) pause();
    wasLive = isLive;
  });
  const begin = () => {
    current = audio;
    document.dispatchEvent(new CustomEvent(PLAYS, { detail: { by: audio } }));
    if (isOver) lower();
  };
  document.addEventListener(PLAYS, others as EventListener);
  audio.addEventListener('play', begin);
  // What pauses for the next one does not make it quiet around that.
  const end = () => {
    if (current !== audio) return;
    current = null;
    raise();
  };
  for (const type of ['pause', 'ended']) audio.addEventListener(type, end);
  return () => {
    pause();
    stop();
    document.removeEventListener(PLAYS, others as EventListener);
  };
}

function lower(): void {
  const { session, openSession } = pageDeps();
  const { connection, volume } = session.get();
  if (lowered !== null || !LIVE.has(connection.kind) || volume <= UNDER) return;
  lowered = volume;
  // The next page goes on with the volume that was chosen.
  addEventListener('pagehide', raise, { once: true });
  void openSession().then((real) => lowered !== null && real.setVolume(volume * UNDER));
}

function raise(): void {
  if (lowered === null) return;
  const volume = lowered;
  lowered = null;
  removeEventListener('pagehide', raise);
  void pageDeps().openSession().then((real) => real.setVolume(volume));
}
