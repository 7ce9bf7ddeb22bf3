/**
 * The replay that this tab goes on with after a page load. Kept per tab and for seconds, so that an old tab that is opened
 * again stays silent. late.ts looks for the key.
 */

export interface GoingOn {
  space_id: string;
  /** Empty signed out. */
  user_id: string;
  at_s: number;
  is_playing: boolean;
}

const KEY = 'spaces.replay';
/** Milliseconds. */
const LIFE = 30_000;

/** `storage` is sessionStorage; it may throw where the member forbids it, and then nothing is kept. */
export function createGoingOn(storage: () => Storage, now: () => number = Date.now) {
  const guarded = <T>(action: (storage: Storage) => T): T | null => {
    try {
      return action(storage());
    } catch {
      return null;
    }
  };
  return {
    save: (state: GoingOn) => void guarded((kept) => kept.setItem(KEY, JSON.stringify({ ...state, at: now() }))),
    clear: () => void guarded((kept) => kept.removeItem(KEY)),
    /** What this member left off with a moment ago. */
    fresh: (user_id: string): GoingOn | null =>
      guarded((kept) => {
        const { at, ...state } = JSON.parse(kept.getItem(KEY) ?? 'null') as GoingOn & { at: number };
        const age = now() - at;
        return state.user_id === user_id && age >= 0 && age < LIFE ? state : null;
      }),
  };
}
