/** The level of a speaking ring (0 to 1) from what is measured, as LOOK draws it. */

/** Milliseconds. */
const ATTACK = 60;
const RELEASE = 250;
const STEPS = 8;
/** Rings change at most this often. */
export const LEVEL_INTERVAL = 100;

/** `amplitude`: linear, 0 to 1, as the SFU's client measures it. */
export function loudness(amplitude: number): number {
  if (amplitude <= 0) return 0;
  const decibels = 20 * Math.log10(amplitude);
  return Math.min(1, Math.max(0, (decibels + 50) / 40));
}

/** Moves `level` towards `target` for `elapsed` milliseconds: fast up, slow down. */
export function follow(level: number, target: number, elapsed: number): number {
  const time = target > level ? ATTACK : RELEASE;
  return target + (level - target) * Math.exp(-Math.max(0, elapsed) / time);
}

/** The nearest of the eight still steps between 0 and 1 that are drawn. */
export const step = (level: number): number => Math.round(level * STEPS) / STEPS;
