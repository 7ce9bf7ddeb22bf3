/** Who talks when, read from a replay's turns: silence to skip, the next speaker, who is heard at a moment. */

import type { Span, Turn } from './recording';

/** Seconds that nobody has to talk before it is worth skipping. */
const SILENCE = 2;
/** Seconds of a silence that are still heard at its beginning and its end. */
const BREATH = 0.5;
/** Seconds before somebody's first word at which they begin to play. */
const LEAD = 0.3;
/** Seconds; what is shorter is a "yes" between, and nobody's turn. */
const REMARK = 2;

/** Where nobody talks for long. A replay without any turn has no silence: nobody knows who talked in it. */
export function silences(turns: readonly Turn[], duration_s: number): Span[] {
  if (!turns.length) return [];
  const found: Span[] = [];
  let heard = 0;
  for (const { from_s, to_s } of [...byBegin(turns), { from_s: duration_s, to_s: duration_s }]) {
    if (from_s - heard >= SILENCE) found.push({ from_s: heard, to_s: from_s });
    heard = Math.max(heard, to_s);
  }
  return found;
}

/** Where to go on instead, when silence is skipped and playing has come to `at_s`; null where somebody is heard, or soon. */
export function landing(silent: readonly Span[], at_s: number): number | null {
  const here = silent.find(({ from_s, to_s }) => at_s >= (from_s && from_s + BREATH) && at_s < to_s - BREATH);
  return here ? here.to_s - BREATH : null;
}

/** User ids of those who are heard, who began last first. */
export function voicesAt(turns: readonly Turn[], at_s: number): string[] {
  const now = turns.filter(({ from_s, to_s }) => from_s <= at_s && at_s < to_s);
  return [...new Set(byBegin(now).reverse().map(({ user_id }) => user_id))];
}

/** Where the next turn of somebody else begins; null behind the last one. Remarks count where there is nothing else. */
export function nextSpeaker(turns: readonly Turn[], at_s: number): number | null {
  const ordered = byBegin(turns);
  const now = voicesAt(turns, at_s + LEAD);
  const before = now.length ? now : ordered.filter(({ from_s }) => from_s <= at_s).slice(-1).map(({ user_id }) => user_id);
  const others = ordered.filter(({ user_id, from_s }) => from_s > at_s + LEAD && !before.includes(user_id));
  const next = others.find(({ from_s, to_s }) => to_s - from_s >= REMARK) ?? others[0];
  return next ? Math.max(0, next.from_s - LEAD) : null;
}

const byBegin = <T extends Span>(spans: readonly T[]): T[] => [...spans].sort((a, b) => a.from_s - b.from_s);
