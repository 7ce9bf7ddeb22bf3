/**
 * What this tab means to go on doing after a page load: which Space, microphone on or off, how loud, listed or not.
 * Never a token.
 * Kept per tab and valid for seconds, so that an old tab that is opened again stays silent.
 */

export interface Intent {
  space_id: string;
  /** Empty for who listens signed out. */
  user_id: string;
  muted: boolean;
  volume: number;
  is_anonymous?: boolean | undefined;
}

export interface Intents {
  save(intent: Intent): void;
  clear(): void;
  /** The intent of this member, if it is still fresh. */
  fresh(user_id: string): Intent | null;
}

const KEY = 'spaces.intent';
/** Milliseconds. */
const LIFE = 30_000;

/** `storage` is sessionStorage; it may throw where the member forbids it, and then nothing is kept. */
export function createIntents(storage: () => Storage, now: () => number = Date.now): Intents {
  const guarded = <T>(action: (storage: Storage) => T): T | null => {
    try {
      return action(storage());
    } catch {
      return null;
    }
  };
  return {
    save: (intent) => void guarded((kept) => kept.setItem(KEY, JSON.stringify({ ...intent, at: now() }))),
    clear: () => void guarded((kept) => kept.removeItem(KEY)),
    fresh: (user_id) =>
      guarded((kept) => {
        const { at, ...intent } = JSON.parse(kept.getItem(KEY) ?? 'null') as Intent & { at: number };
        const age = now() - at;
        return intent.user_id === user_id && age >= 0 && age < LIFE ? intent : null;
      }),
  };
}
