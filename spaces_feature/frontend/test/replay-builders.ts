/** Recordings for tests, small and overridable. */

import type { Recording, Turn } from '../src/replay/recording';
import { profile } from './builders';

/** "ada 0-20, bob 22-30" */
export const turns = (text: string): Turn[] =>
  text.split(', ').filter(Boolean).map((one) => {
    const [user_id, span] = one.split(' ') as [string, string];
    const [from_s, to_s] = span.split('-').map(Number) as [number, number];
    return { user_id, from_s, to_s };
  });

export function recording(fields: Partial<Recording> = {}): Recording {
  const said = fields.turns ?? [];
  const talked = new Map<string, number>();
  for (const { user_id, from_s, to_s } of said) talked.set(user_id, (talked.get(user_id) ?? 0) + to_s - from_s);
  return {
    space_id: 'space',
    state: 'ready',
    title: 'Why small software lasts',
    host: profile('ada'),
    url: '/spaces/media/1/replay.m3u8',
    url_expires_at: '2026-01-01T00:10:00.000Z',
    page_url: '/spaces/space',
    download_url: null,
    expires_at: null,
    duration_s: 100,
    starts_at_s: 0,
    started_at: '2026-01-01T00:00:00.000Z',
    plays: 0,
    came: 0,
    is_short: false,
    gaps: [],
    chapters: [],
    turns: said,
    speakers: [...talked].map(([user_id, talked_s]) => ({ user_id, profile: profile(user_id), talked_s })),
    reactions: [],
    fragments: [],
    may: {},
    ...fields,
  };
}
