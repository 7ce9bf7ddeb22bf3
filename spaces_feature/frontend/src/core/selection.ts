/** What is chosen of a minute for a clip, and what is in it. Pure; seconds count from the beginning of what is held. */

import type { ClipTurn, Hold } from './clip-types';
import type { Profile } from './types';

/** Seconds of a clip. */
export const LONGEST = 30;
export const SHORTEST = 1;

/** Softer than this all through is drawn as soft as it is. */
const FAINT = 0.05;

export interface Selection {
  from: number;
  seconds: number;
}

export interface Heard {
  profile: Profile;
  /** How long they talk in it, at least one. */
  seconds: number;
}

export const lengthOf = ({ from_s, to_s }: Pick<Hold, 'from_s' | 'to_s'>): number => tenth(Math.max(0, to_s - from_s));

/** What is chosen at first: what was asked for, else the thirty seconds that end at `until`. */
export function firstChoice(length: number, until: number, wanted: { from: number; seconds: number } | null): Selection {
  if (wanted) {
    const seconds = within(wanted.seconds, SHORTEST, Math.min(LONGEST, length));
    return fitting(wanted.from, seconds, length);
  }
  const end = within(until, Math.min(LONGEST, length), length);
  const seconds = Math.min(LONGEST, length);
  return fitting(end - seconds, seconds, length);
}

/** The start goes to `to`. The end stays, unless the clip would be too long: then it comes along. */
export function moveStart({ from, seconds }: Selection, to: number, length: number): Selection {
  const end = from + seconds;
  const start = within(to, 0, Math.max(0, Math.min(end, length) - SHORTEST));
  return { from: start, seconds: tenth(Math.min(end - start, LONGEST)) };
}

/** The end goes to `to`; the start stays or comes along. */
export function moveEnd({ from }: Selection, to: number, length: number): Selection {
  const end = within(to, Math.min(from + SHORTEST, length), length);
  const start = tenth(Math.max(from, end - LONGEST));
  return { from: start, seconds: tenth(end - start) };
}

/** The whole of it goes `by` seconds. */
export const shift = ({ from, seconds }: Selection, by: number, length: number): Selection => fitting(from + by, seconds, length);

/** Who talks in the selection, most first; who is only grazed is left out. */
export function heardIn({ from, seconds }: Selection, { from_s, turns, people }: Pick<Hold, 'from_s' | 'turns' | 'people'>): Heard[] {
  const begin = from_s + from;
  const sums = new Map<string, number>();
  for (const turn of turns) {
    const overlap = overlapOf(turn, begin, begin + seconds);
    if (overlap > 0) sums.set(turn.user_id, (sums.get(turn.user_id) ?? 0) + overlap);
  }
  return [...sums]
    .flatMap(([user_id, sum]) => {
      const profile = people.find((one) => one.user_id === user_id);
      return profile && sum >= 0.1 ? [{ profile, seconds: Math.max(1, Math.round(sum)) }] : [];
    })
    .sort((a, b) => b.seconds - a.seconds);
}

/** `count` bars, 0..1, each the loudest of its part. */
export function barsOf(peaks: readonly number[], count: number): number[] {
  if (!peaks.length) return Array.from({ length: count }, () => 0);
  return Array.from({ length: count }, (_, at) => {
    const begin = Math.floor((at * peaks.length) / count);
    const end = Math.max(begin + 1, Math.floor(((at + 1) * peaks.length) / count));
    return within(Math.max(...peaks.slice(begin, end)), 0, 1, 3);
  });
}

/** The same bars as tall as there is room: a quiet minute can be told apart as well as a loud one. Silence stays low. */
export function evened(bars: readonly number[]): number[] {
  const loudest = Math.max(FAINT, ...bars);
  return bars.map((bar) => within(bar / loudest, 0, 1, 3));
}

/** The bars as the path of an SVG, one unit wide each and a hundred high. */
export function waveOf(bars: readonly number[]): string {
  return bars
    .map((bar, at) => {
      const half = Math.round(3 + 40 * bar);
      return `M${at + 0.5} ${50 - half}v${2 * half}`;
    })
    .join('');
}

const overlapOf = ({ from_s, to_s }: ClipTurn, begin: number, end: number): number => Math.min(to_s, end) - Math.max(from_s, begin);

function fitting(from: number, seconds: number, length: number): Selection {
  return { from: within(from, 0, Math.max(0, length - seconds)), seconds: tenth(seconds) };
}

function within(value: number, least: number, most: number, digits = 1): number {
  const power = 10 ** digits;
  return Math.round(Math.min(most, Math.max(least, value)) * power) / power;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
