/**
 * Measures on their way to the server: together, seldom, and never so that anything waits for them. What gets lost is
 * lost.
 */

import type { Measure } from '../core/measures';

/** Milliseconds that measures are gathered for. */
const GATHER = 5000;
/** How many one call may hold. */
const MOST = 20;
/** How many wait at most while nobody can be asked whose they are. */
const KEPT = 40;

export interface Beacon {
  note(measure: Measure): void;
  /** Sends now what has been gathered: the page may go away. */
  flush(): void;
}

/**
 * `who` is whose measures these are, the empty string for somebody without a place: theirs wait until they have one.
 * What was noted for one member is never sent for another.
 */
export function createBeacon(send: (measures: Measure[]) => Promise<unknown>, who: () => string): Beacon {
  let waiting: { of: string; measure: Measure }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const now = who();
    if (!now) return;
    const own = waiting.filter(({ of }) => of === '' || of === now).map(({ measure }) => measure);
    waiting = [];
    for (let from = 0; from < own.length; from += MOST) send(own.slice(from, from + MOST)).catch(() => undefined);
  }

  return {
    note(measure) {
      waiting = [...waiting, { of: who(), measure }].slice(-KEPT);
      timer ??= setTimeout(flush, GATHER);
    },
    flush,
  };
}
