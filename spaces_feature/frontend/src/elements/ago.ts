/** Times told by distance: "10 min ago", "2 weeks ago", "20 min" from now. */

import type { HostWords } from '../core/host-words';
import { span } from './time';

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;

/** Seconds of each unit, the longest first. */
const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
] as const;

const far = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago `moment` (ISO) was; "just now" within a minute, and for clocks that disagree. */
export function ago(moment: string, w: HostWords, now: number = Date.now()): string {
  const seconds = Math.floor((now - Date.parse(moment)) / 1000);
  if (!(seconds >= MINUTE)) return w.justNow;
  for (const [unit, length] of UNITS) if (seconds >= length) return far.format(-Math.floor(seconds / length), unit);
  // Within a day the hour is enough once there is one.
  const rounded = seconds < 60 * MINUTE ? seconds : seconds - (seconds % (60 * MINUTE));
  return w.ago(span(rounded));
}

/** How long until `moment` (ISO), in whole minutes and never nothing: "20 min". */
export function remaining(moment: string, now: number = Date.now()): string {
  return span(Math.max(1, Math.ceil((Date.parse(moment) - now) / 1000 / MINUTE)) * MINUTE);
}

/** Whether `moment` (ISO) is still to come. */
export const isAhead = (moment: string | null | undefined, now: number = Date.now()): boolean =>
  Boolean(moment) && Date.parse(moment as string) > now;
