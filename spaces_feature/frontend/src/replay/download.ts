/** Fetching a recording as one file, which a recorder has to make first, and again after each change. */

import { problem as problemOf } from '../core/no-answer';
import type { Problem } from '../core/types';
import type { Recording } from './recording';
import { replayWords as words } from './words';

/** Milliseconds between two looks, and how often. */
const PAUSE = 2500;
const TRIES = 48;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Resolves to the file's address once there is one, or to why there is none. `ask` reads the recording anew. */
export async function fileOf(ask: () => Promise<Recording>, wait = pause): Promise<string | Problem> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries) await wait(PAUSE);
    const { state, download_url } = await ask();
    if (download_url) return download_url;
    if (state === 'deleted') return problemOf(0, 'deleted', words.isGone, '');
  }
  return problemOf(0, 'download', words.downloadAgain, '');
}

/** Has the browser save it. */
export function save(url: string, title: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = `${title.replace(/[\\/:*?"<>|]+/g, ' ').trim() || 'recording'}.m4a`;
  document.body.append(link);
  link.click();
  link.remove();
}
