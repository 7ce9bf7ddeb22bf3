/** What the server wrote into a replay's page: the recording as the viewer may hear it, with links that are still good. */

import { unexpected } from '../core/no-answer';
import type { Recording } from './recording';

const DATA = 'script[type="application/json"]';
/** Milliseconds that a link must still be good for: a page may come back from a cache. */
const GOOD = 60_000;

/** The recording in the page, null where there is none or its links are over. */
export function inPage(element: Element | null, now: number = Date.now()): Recording | null {
  const text = element?.querySelector(DATA)?.textContent;
  if (!text) return null;
  const found = JSON.parse(text) as Recording;
  const isGood = found.state === 'ready' && Date.parse(found.url_expires_at ?? '') - now > GOOD;
  return isGood ? found : null;
}

/** Signed out the page is the only place that tells: it is asked for again. Rejects with a Problem. */
export async function fromPage(url: string): Promise<Recording> {
  const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'text/html' } }).catch(() => null);
  if (!answer?.ok) throw unexpected(answer?.status ?? 0);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const text = page.querySelector(`spaces-replay > ${DATA}`)?.textContent;
  // The page of a Space without a replay, or without one any more.
  if (!text) throw unexpected(404);
  return JSON.parse(text) as Recording;
}
