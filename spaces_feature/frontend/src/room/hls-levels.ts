/**
 * How loud everybody is in what is heard: a small file beside each segment says so, so that rings match the ear. One is
 * fetched for each second, ahead of it, and none while nobody looks at the page.
 */

import { beside, type Heard } from './hls-source';
import { fileOf, numberOf } from './hls-playlist';

interface Sidecar {
  step_ms: number;
  /** dBFS by SFU identity, one for each step. */
  levels: Record<string, number[]>;
}

/** Files that are kept. */
const KEPT = 4;
/** dBFS of nothing at all. */
const SILENCE = -127;

/** Returns the linear amplitudes 0..1 of whoever is heard about this moment, loudest first. */
export function createLevels(place: () => Heard | null, address: () => string): () => Map<string, number> {
  /** By segment: under way, or asked for before it was there. */
  const files = new Map<number, Sidecar | 'asked' | 'early'>();

  function want(number: number, isAhead: boolean): void {
    const known = files.get(number);
    if ((known && (known !== 'early' || isAhead)) || document.visibilityState !== 'visible') return;
    files.set(number, 'asked');
    for (const old of [...files.keys()].sort((a, b) => a - b).slice(0, -KEPT)) files.delete(old);
    const url = beside(address(), fileOf(number)).replace(/m4s$/, 'json');
    fetch(url, { credentials: 'same-origin' })
      .then(async (answer) => {
        if (answer.ok) files.set(number, (await answer.json()) as Sidecar);
        else if (isAhead) files.set(number, 'early');
      })
      .catch(() => undefined);
  }

  return () => {
    const heard = place();
    const number = heard && numberOf(heard.url);
    if (!heard || number === null) return new Map();
    want(number, false);
    want(number + 1, true);
    const file = files.get(number);
    if (typeof file !== 'object') return new Map();
    const step = Math.floor(heard.into_ms / file.step_ms);
    // Who pauses between two words stays among them.
    const amplitudes = Object.entries(file.levels).map(([identity, levels]) => [identity, amplitudeOf(levels[step] ?? SILENCE)] as const);
    return new Map(amplitudes.sort(([, a], [, b]) => b - a));
  };
}

const amplitudeOf = (level: number): number => (level > SILENCE ? 10 ** (level / 20) : 0);
