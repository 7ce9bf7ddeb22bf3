/** The timeline as it is drawn: a lane for each speaker, the rest in one, spans as fractions of the whole. */

import type { Recording, Span, Talker, Turn } from './recording';

export interface Lane {
  /** One speaker; several in the lane of the rest. */
  talkers: Talker[];
  pills: Pill[];
}

/** Fractions of the whole, 0..1. */
export interface Pill {
  from: number;
  size: number;
}

/** Lanes before the rest share one. */
export const LANES = 5;
/** What lies closer together than this is drawn as one, and nothing is drawn shorter. */
const DETAIL = 1 / 400;

/** The host's lane comes first, then by how long they talked. Whoever is not in the recording has none. */
export function lanesOf({ speakers, turns, host, duration_s }: Recording, showsAll: boolean): Lane[] {
  const rank = ({ user_id, talked_s }: Talker) => (user_id === host?.user_id ? Infinity : talked_s);
  const talkers = speakers.filter(({ talked_s }) => talked_s > 0).sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
  // One more lane is as high as the line that would stand for it.
  const count = showsAll || talkers.length <= LANES + 1 ? talkers.length : LANES;
  const groups = talkers.slice(0, count).map((talker) => [talker]);
  if (talkers.length > count) groups.push(talkers.slice(count));
  return groups.map((group) => ({ talkers: group, pills: pillsOf(turnsOf(turns, group), duration_s) }));
}

/** Everybody in one lane, for a narrow screen. */
export const mergedLane = ({ turns, duration_s }: Recording): Pill[] => pillsOf(turns, duration_s);

export function pillsOf(spans: readonly Span[], duration_s: number): Pill[] {
  if (!(duration_s > 0)) return [];
  const found: { from: number; to: number }[] = [];
  for (const span of [...spans].sort((a, b) => a.from_s - b.from_s)) {
    const from = within(span.from_s / duration_s);
    const to = Math.max(within(span.to_s / duration_s), from);
    const last = found[found.length - 1];
    if (last && from - last.to < DETAIL) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found.map(({ from, to }) => {
    const size = Math.max(to - from, DETAIL);
    return { from: Math.min(from, 1 - size), size };
  });
}

const turnsOf = (turns: readonly Turn[], talkers: Talker[]): Turn[] => {
  const ids = new Set(talkers.map(({ user_id }) => user_id));
  return turns.filter(({ user_id }) => ids.has(user_id));
};

const within = (part: number): number => Math.min(1, Math.max(0, part));
