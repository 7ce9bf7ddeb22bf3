/** How far a member has heard each Space, kept in this browser; and how they like to hear: speed, silence. */

export interface Places {
  /** Seconds of the whole recording, before its trim; null where nothing is known, or they heard it to the end. */
  get(space_id: string): number | null;
  /** `left_s`: how much is still to come. */
  set(space_id: string, at_s: number, left_s: number): void;
  forget(space_id: string): void;
}

export interface Way {
  rate: number;
  skips_silence: boolean;
}

const KEY = 'spaces.replays';
const WAY = 'spaces.replay-way';
const MOST = 60;
/** Seconds at the beginning that nobody needs to be brought back to, and at the end that count as heard. */
const BEGINNING = 30;
const END = 20;

export const RATES = [0.75, 1, 1.25, 1.5, 2];
export const PLAIN: Way = { rate: 1, skips_silence: false };

type Kept = Record<string, [at_s: number, when: number]>;

/** `storage` is localStorage; it may throw where the member forbids it, and then nothing is kept. */
export function createPlaces(storage: () => Storage, user_id: () => string, now: () => number = Date.now): Places {
  const name = (space_id: string) => `${user_id()} ${space_id}`;
  function change(edit: (kept: Kept) => void): void {
    try {
      const kept = read();
      edit(kept);
      const newest = Object.entries(kept).sort(([, a], [, b]) => b[1] - a[1]).slice(0, MOST);
      storage().setItem(KEY, JSON.stringify(Object.fromEntries(newest)));
    } catch {
      // Nothing is kept here.
    }
  }
  function read(): Kept {
    try {
      return (JSON.parse(storage().getItem(KEY) ?? '{}') ?? {}) as Kept;
    } catch {
      return {};
    }
  }
  const forget = (space_id: string) => change((kept) => delete kept[name(space_id)]);
  return {
    get: (space_id) => read()[name(space_id)]?.[0] ?? null,
    set(space_id, at_s, left_s) {
      if (at_s < BEGINNING || left_s < END) forget(space_id);
      else change((kept) => (kept[name(space_id)] = [Math.round(at_s), now()]));
    },
    forget,
  };
}

export function readWay(storage: () => Storage): Way {
  try {
    const kept = JSON.parse(storage().getItem(WAY) ?? '{}') as Partial<Way>;
    return { rate: RATES.includes(kept.rate ?? 0) ? kept.rate! : PLAIN.rate, skips_silence: kept.skips_silence === true };
  } catch {
    return PLAIN;
  }
}

export function keepWay(storage: () => Storage, way: Way): void {
  try {
    storage().setItem(WAY, JSON.stringify(way));
  } catch {
    // Nothing is kept here.
  }
}
