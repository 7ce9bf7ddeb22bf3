/** From what was chosen to a clip that plays, and to where it is shared. No element. */

import { clipCalls } from '../../core/clip-calls';
import type { Clip, ClipAsked, Hold, NewClip } from '../../core/clip-types';
import { lengthOf, type Selection } from '../../core/selection';
import { pageDeps } from '../context';

/** Milliseconds between two looks at a clip that is made, and until it is said that it takes longer. */
const LOOK = 300;
const LONG = 12_000;

export interface Words {
  title: string;
  words: string;
}

/** What the API is told: the end as a moment of a Space that runs, the beginning as a place in a replay. */
export function newClip(asked: ClipAsked, hold: Hold, { from, seconds }: Selection, { title, words }: Words): NewClip {
  const isReplay = typeof asked.at_s === 'number' || !hold.ends_at;
  const behind = (lengthOf(hold) - from - seconds) * 1000;
  return {
    ...(isReplay
      ? { from_s: Math.round((hold.from_s + from) * 1000) / 1000 }
      : { ends_at: new Date(Date.parse(hold.ends_at ?? '') - behind).toISOString() }),
    seconds,
    ...(title.trim() ? { title: title.trim() } : {}),
    ...(words.trim() ? { words: words.trim() } : {}),
  };
}

/** Waits until the clip plays, somebody has to be asked first, or it takes longer than usual. It never rejects. */
export async function settled(clip: Clip): Promise<Clip> {
  const calls = clipCalls(pageDeps().api);
  const began = Date.now();
  let made = clip;
  while (made.state === 'making' && !made.waits_for.length && Date.now() - began < LONG) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    made = await calls.read(clip.id).catch(() => made);
  }
  return made;
}

/** What the host app hears of a clip that a member shares. */
export interface Shared {
  clip: Clip;
  /** What the member says with it; may be empty. */
  words: string;
  /** The host app takes it: the sheet stays until `answer` settles, and says so where it was refused. */
  waitUntil(answer: Promise<unknown>): void;
}

/**
 * Offers the clip to the host app, which answers by `waitUntil`. Resolves to whether it took it; rejects when it took it and
 * failed.
 *
 * @fires spaces-clip-shared - On the document; `detail` is `Shared`.
 */
export async function offer(clip: Clip, words: string): Promise<boolean> {
  const answers: Promise<unknown>[] = [];
  const detail: Shared = { clip, words: words.trim(), waitUntil: (answer) => answers.push(answer) };
  document.dispatchEvent(new CustomEvent('spaces-clip-shared', { detail }));
  await Promise.all(answers);
  return answers.length > 0;
}

/** Where others find the clip. */
export const addressOf = ({ page_url }: Clip): string => new URL(page_url, location.href).href;

/** The link into the clipboard; resolves to whether it is there. A tap that lies too far back is one reason for no. */
export async function copy(url: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(url);
    return true;
  } catch {
    return false;
  }
}
