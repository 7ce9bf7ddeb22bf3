/** A minute of two voices, and what is answered about clips. */

import type { Clip, Hold } from '../src/core/clip-types';
import { people } from './cast';

const SECONDS = 60;

/** Loud where somebody talks, soft between: the same each time. */
const peaks = Array.from({ length: SECONDS * 10 }, (_, at) => {
  const word = Math.abs(Math.sin(at / 7.3) * Math.sin(at / 2.1 + 1));
  const breath = Math.sin(at / 31) > -0.75 ? 1 : 0.06;
  return Math.min(1, (0.15 + 0.85 * word) * breath);
});

const turns = [
  { user_id: people.ada.user_id, from_s: 100, to_s: 116 },
  { user_id: people.margaret.user_id, from_s: 117, to_s: 139 },
  { user_id: people.ada.user_id, from_s: 140, to_s: 148 },
  { user_id: people.kwame.user_id, from_s: 155, to_s: 158 },
];

export const hold = (over: Partial<Hold> = {}): Hold => ({
  from_s: 100,
  to_s: 100 + SECONDS,
  step_ms: 100,
  peaks,
  turns,
  people: [people.ada, people.margaret, people.kwame],
  url: '',
  ends_at: new Date().toISOString(),
  held_until: new Date(Date.now() + 120_000).toISOString(),
  needs: [],
  ...over,
});

const clip = (over: Partial<Clip> = {}): Clip => ({
  id: 'cL1pcL1pcL1pc',
  space_id: 'aB3dE5gH7jK9m',
  state: 'ready',
  title: 'The hospital still runs it',
  words: '',
  url: '',
  url_expires_at: null,
  page_url: `${location.origin}/spaces/clips/cL1pcL1pcL1pc`,
  duration_s: 22,
  speakers: [],
  waits_for: [],
  ...over,
});

/** Refusals by `&state=`. */
export async function clipAnswer(path: string, state: string): Promise<unknown> {
  if (state === 'slow') await new Promise(() => undefined);
  if (state === 'refused') throw { status: 409, code: 'nothing_kept', title: 'There is nothing to clip yet.', detail: 'Try again in a moment.' };
  if (path.endsWith('/hold')) return hold(state === 'asked' ? { needs: [people.margaret.user_id] } : {});
  if (state === 'failing') throw { status: 503, code: 'unavailable', title: 'Clips cannot be made right now.', detail: 'What you wrote stays here. Try again.' };
  if (state === 'asked')
    return clip({ waits_for: ['4'], speakers: [{ user_id: '4', profile: people.margaret, seconds: 14 }] });
  return clip({ state: state === 'making' ? 'making' : 'ready' });
}
