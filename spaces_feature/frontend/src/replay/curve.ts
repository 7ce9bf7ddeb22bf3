/** Reactions over a replay as a smooth line. */

import type { Recording } from './recording';

export const WIDTH = 1000;
export const HEIGHT = 40;
const STEPS = 90;
/** How much of a step's height its neighbours get. */
const SPREAD = [0.25, 0.5, 0.25];
/** Units of height that the line keeps below and above itself. */
const FOOT = 3;
/** So many at once are a peak; fewer stay low, so that one heart does not look like applause. */
const PEAK = 5;

/** How many reactions came in each part of the replay, smoothed. */
export function reactionSteps({ reactions, duration_s }: Pick<Recording, 'reactions' | 'duration_s'>): number[] {
  const steps = new Array<number>(STEPS).fill(0);
  for (const { at_s, count } of reactions) {
    const place = Math.floor((at_s / duration_s) * STEPS);
    if (place >= 0 && place < STEPS) steps[place]! += count;
  }
  return steps.map((_, place) => SPREAD.reduce((sum, share, index) => sum + share * (steps[place + index - 1] ?? 0), 0));
}

/** The line, and the same closed along the ground, as SVG path data. Empty where nobody reacted. */
export function reactionCurve(recording: Pick<Recording, 'reactions' | 'duration_s'>): { line: string; area: string } {
  if (!recording.reactions.some(({ count }) => count > 0) || !(recording.duration_s > 0)) return { line: '', area: '' };
  const steps = reactionSteps(recording);
  const top = Math.max(PEAK, ...steps);
  const points = steps.map((count, place) => {
    const x = (place / (STEPS - 1)) * WIDTH;
    const y = HEIGHT - FOOT - (count / top) * (HEIGHT - 2 * FOOT);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  return { line, area: `${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z` };
}
