/**
 * Wall-clock times in a member's own zone: which moment a day and a time mean there, and what to say where they mean none
 * or two. Pure, on Intl's own table of zones. Moments are milliseconds since the epoch.
 */

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The zone of this browser, e.g. `Europe/Lisbon`. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** "Lisbon" of `Europe/Lisbon`. */
export const cityOf = (zone: string): string => (zone.split('/').pop() ?? zone).replaceAll('_', ' ');

/** What a clock on the wall shows: `day` as `2026-11-24`, `time` as `19:30`. */
export interface Wall {
  day: string;
  time: string;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let found = clocks.get(zone);
  if (!found) {
    const two = '2-digit';
    found = new Intl.DateTimeFormat('en', {
      timeZone: zone, hourCycle: 'h23', era: 'short', year: 'numeric', month: two, day: two, hour: two, minute: two, second: two,
    });
    clocks.set(zone, found);
  }
  return found;
}

/** The wall clock of `zone` at a moment, as if it stood in UTC. */
function shownAt(moment: number, zone: string): number {
  const parts = Object.fromEntries(clockOf(zone).formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** How far the clocks of `zone` are ahead of UTC at a moment, in milliseconds. */
const offsetAt = (moment: number, zone: string): number => shownAt(moment, zone) - Math.floor(moment / 1000) * 1000;

export function wallAt(moment: number, zone: string): Wall {
  const iso = new Date(shownAt(moment, zone)).toISOString();
  return { day: iso.slice(0, 10), time: iso.slice(11, 16) };
}

/**
 * The moments at which the clocks of `zone` show this: one, two where they go back over it, none where they skip it;
 * `after` is then the moment that the same time would be had they not moved. Null for what is no day or no time.
 */
export function momentsOf({ day, time }: Wall, zone: string): { moments: number[]; after: number } | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d\d:\d\d(:\d\d)?$/.test(time)) return null;
  const asUtc = Date.parse(`${day}T${time.slice(0, 5)}:00Z`);
  // Some days are only written so: the 30th of February.
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(day)) return null;
  const [before, after] = [offsetAt(asUtc - DAY, zone), offsetAt(asUtc + DAY, zone)];
  const guesses = [...new Set([asUtc - before, asUtc - after])].sort((a, b) => a - b);
  return { moments: guesses.filter((guess) => shownAt(guess, zone) === asUtc), after: asUtc - before };
}

/** Why a day and a time do not do; `instead` and `last` are walls to offer. */
export type Misfit =
  | { kind: 'no_day' | 'no_time' | 'past' }
  | { kind: 'too_far'; last: Wall }
  | { kind: 'skipped'; instead: Wall };

export type Reading = { moment: number; isFirstOfTwo: boolean } | Misfit;

/** Reads what a member typed. A Space starts after `now` and at most `days` later. */
export function readStart(wall: Wall, zone: string, now: number, days: number): Reading {
  if (!wall.day) return { kind: 'no_day' };
  const found = momentsOf({ ...wall, time: wall.time || '00:00' }, zone);
  if (!found) return { kind: 'no_day' };
  const last = now + days * DAY;
  if (found.after < now - DAY) return { kind: 'past' };
  if (found.after > last + DAY) return { kind: 'too_far', last: wallAt(last, zone) };
  if (!wall.time) return { kind: 'no_time' };
  const [moment] = found.moments;
  if (moment === undefined) return { kind: 'skipped', instead: wallAt(found.after, zone) };
  // Of two, the first that is still to come.
  const next = found.moments.find((one) => one > now);
  if (next === undefined) return { kind: 'past' };
  if (next > last) return { kind: 'too_far', last: wallAt(last, zone) };
  return { moment: next, isFirstOfTwo: found.moments.length > 1 && next === moment };
}

const names = (day: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('en', { ...options, timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`));

/** "Tue 24 November" */
export const dayName = (day: string): string =>
  `${names(day, { weekday: 'short' })} ${names(day, { day: 'numeric' })} ${names(day, { month: 'long' })}`;

/** "Today 19:30", "Tomorrow 08:00", "Tue 24 November, 19:30", as the clocks of `zone` show it. */
export function startName(moment: number, zone: string, now: number, near: { today: string; tomorrow: string }): string {
  const { day, time } = wallAt(moment, zone);
  if (day === wallAt(now, zone).day) return `${near.today} ${time}`;
  // Tomorrow's noon is a day after today's, whatever the clocks do in between.
  const today = Date.parse(`${wallAt(now, zone).day}T12:00:00Z`);
  if (day === new Date(today + DAY).toISOString().slice(0, 10)) return `${near.tomorrow} ${time}`;
  return `${dayName(day)}, ${time}`;
}

/** What the sheet offers at first: the next full hour that is at least an hour away. */
export function firstOffer(now: number, zone: string): Wall {
  return wallAt(Math.ceil((now + 60 * MINUTE) / (60 * MINUTE)) * 60 * MINUTE, zone);
}
