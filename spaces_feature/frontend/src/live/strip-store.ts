/**
 * What the strip shows: nothing of its own at first, when the server's entries stand in the page; then what
 * `GET /strip` answers whenever the live Spaces change.
 */

import type { Api } from '../core/api';
import { createStore } from '../core/store';
import type { Store, StripEntry } from '../core/types';
import type { StripEvent } from './socket';

const POLL = 15_000;
/** A change for one member is many members' change: each asks at a moment of its own within this many milliseconds. */
const SPREAD = 150;

export interface StripStore extends Store<StripEntry[]> {
  event(event: StripEvent): void;
  /** Asks anew; questions that overlap become one more after the one under way. Never rejects. */
  refresh(): Promise<void>;
  /** Forgets everything: somebody else looks at the page. */
  clear(): void;
  /** Asks every few seconds whenever `isConnected` says that no events come in; returns how to stop. */
  poll(isConnected: () => boolean): () => void;
}

export function createStripStore(api: Pick<Api, 'strip'>, random: () => number = Math.random): StripStore {
  const store = createStore<StripEntry[]>([]);
  /** Ended while an answer was under way: that answer may still hold them. */
  const ended = new Set<string>();
  let asking: Promise<void> | null = null;
  let isAskedAgain = false;
  /** Before that, the page shows what the server rendered, and only an answer can change it. */
  let isAnswered = false;
  let later: ReturnType<typeof setTimeout> | undefined;
  /** Signed out, or Spaces are switched off: nothing will change until the next page. */
  let isOver = false;

  const withoutEnded = (entries: StripEntry[]) =>
    entries.filter((entry) => entry.kind !== 'space' || !ended.has(entry.space?.id ?? ''));

  async function ask(): Promise<void> {
    do {
      isAskedAgain = false;
      try {
        store.set(withoutEnded(await api.strip()));
        isAnswered = true;
      } catch (error) {
        const status = (error as { status?: number }).status ?? 0;
        isOver = status === 401 || status === 403 || status === 404;
      }
    } while (isAskedAgain && !isOver);
  }

  function refresh(): Promise<void> {
    if (asking) isAskedAgain = true;
    asking ??= ask().finally(() => (asking = null));
    return asking;
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    refresh,
    clear() {
      isOver = false;
      store.set([]);
    },
    event({ type, space_id, spread_ms = SPREAD }) {
      if (type === 'ended') {
        ended.add(space_id);
        const left = withoutEnded(store.get());
        if (left.length < store.get().length) store.set(left);
        else if (!isAnswered) void refresh();
        return;
      }
      later ??= setTimeout(() => {
        later = undefined;
        void refresh();
      }, random() * spread_ms);
    },
    poll(isConnected) {
      const timer = setInterval(() => {
        if (!isConnected() && !isOver) void refresh();
      }, POLL);
      return () => clearInterval(timer);
    },
  };
}
