/** Levels of speaking rings, ten times a second while somebody talks and the page is seen, by user id. */

import { LEVEL_INTERVAL, follow, loudness, step } from '../core/levels';

export interface Rings {
  /** Starts or stops measuring. */
  run(wanted: boolean): void;
}

export function createRings(
  amplitudes: () => Promise<Map<string, number>>,
  draw: (levels: Record<string, number>) => void,
): Rings {
  let exact = new Map<string, number>();
  let drawn: Record<string, number> = {};
  let timer: ReturnType<typeof setInterval> | undefined;
  let last = 0;
  let isWanted = false;

  async function measure(): Promise<void> {
    const measured = await amplitudes();
    if (timer === undefined) return;
    const now = performance.now();
    const next = new Map<string, number>();
    for (const id of new Set([...measured.keys(), ...exact.keys()])) {
      const level = follow(exact.get(id) ?? 0, loudness(measured.get(id) ?? 0), now - last);
      if (level > 0.01) next.set(id, level);
    }
    last = now;
    exact = next;
    const levels: Record<string, number> = {};
    for (const [id, level] of next) if (step(level) > 0) levels[id] = step(level);
    if (isSame(levels, drawn)) return;
    drawn = levels;
    draw(levels);
  }

  function run(wanted: boolean): void {
    isWanted = wanted;
    const isRunning = wanted && document.visibilityState === 'visible';
    if (isRunning && timer === undefined) {
      last = performance.now();
      timer = setInterval(() => void measure(), LEVEL_INTERVAL);
    } else if (!isRunning && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
      exact.clear();
      if (Object.keys(drawn).length) draw((drawn = {}));
    }
  }

  document.addEventListener('visibilitychange', () => run(isWanted));
  return { run };
}

function isSame(a: Record<string, number>, b: Record<string, number>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
