/**
 * What the strip shows: nothing of its own at first, when the server's entries stand in the page; then what
 * `GET /strip` answers whenever somebody says that it changed. What ends or expires leaves without being asked for.
 */

import type { Api } from '../core/api';
import { createStore } from '../core/store';
import type { Store, StripEntry } from '../core/types';
import type { StripEvent } from './socket';

/** Milliseconds between questions while no events come in; with them every second turn asks, should one be lost. */
const POLL = 30_000;
/** A change for one member is many members' change: each asks at a moment of its own within this many milliseconds. */
const SPREAD = 150;
/** The longest that a timer can wait. */
const LONGEST = 2 ** 31 - 1;

/** Spaces that a nudge named; none when the strip was asked for another reason. */
export type NewsListener = (space_ids: string[], areOver: boolean) => unknown;

export interface StripStore extends Store<StripEntry[]> {
  event(event: StripEvent): void;
  /** Asks anew; questions that overlap become one more after the one under way. Never rejects. */
  refresh(): Promise<void>;
  /** Whether the entries are an answer. Before the first one the server's own stand. */
  isAnswered(): boolean;
  /** Signed out, or Spaces are switched off: there is nothing to show, and nothing will change until the next page. */
  isOver(): boolean;
  /** For what stands elsewhere in the page and changes with the strip: at once for what ended, else with each question. */
  onNews(listener: NewsListener): () => void;
  /** Forgets everything: somebody else looks at the page. */
  clear(): void;
  /** Asks from time to time, twice as often when `isConnected` says that no events come in; returns how to stop. */
  poll(isConnected: () => boolean): () => void;
}

export function createStripStore(
  api: Pick<Api, 'strip'>,
  random: () => number = Math.random,
  now: () => number = Date.now,
): StripStore {
  const store = createStore<StripEntry[]>([]);
  const listeners = new Set<NewsListener>();
  /** Over for good: an answer that was under way may still hold them. */
  const ended = new Set<string>();
  /** Heard since the question under way was sent, so newer than its answer. */
  const talking = new Map<string, boolean>();
  const named = new Set<string>();
  let asking: Promise<void> | null = null;
  let isAskedAgain = false;
  let isAnswered = false;
  let later: ReturnType<typeof setTimeout> | undefined;
  let expiry: ReturnType<typeof setTimeout> | undefined;
  /** Grows when everything is forgotten: answers to older questions are nobody's. */
  let era = 0;
  /** Turns of the poll since the last question. */
  let turns = 0;
  let isOver = false;

  const idOf = ({ space }: StripEntry) => space?.id ?? '';
  const endOf = ({ expires_at }: StripEntry) => (expires_at ? Date.parse(expires_at) : Infinity);

  /** Shows what of `entries` is neither over nor expired, until the next of them expires. */
  function show(entries: StripEntry[]): void {
    const moment = now();
    const left = entries.filter((entry) => !ended.has(idOf(entry)) && endOf(entry) > moment);
    clearTimeout(expiry);
    const next = Math.min(...left.map(endOf));
    if (next < Infinity) expiry = setTimeout(() => show(store.get()), Math.min(next - moment, LONGEST));
    const shown = store.get();
    if (left.length !== shown.length || left.some((entry, index) => entry !== shown[index])) store.set(left);
  }

  /** A process that lags behind may answer with an older Space than one that we have seen already. */
  function newest(entries: StripEntry[]): StripEntry[] {
    const known = new Map(store.get().map((entry) => [idOf(entry), entry]));
    return entries.map((entry) => {
      const seen = known.get(idOf(entry))?.space;
      const isOlder = seen && entry.space && seen.version > entry.space.version;
      const heard = talking.get(idOf(entry));
      return { ...entry, ...(isOlder ? { space: seen } : {}), ...(heard === undefined ? {} : { is_talking: heard }) };
    });
  }

  function tell(space_ids: string[], areOver: boolean): void {
    for (const listener of [...listeners]) listener(space_ids, areOver);
  }

  async function ask(): Promise<void> {
    const mine = era;
    do {
      isAskedAgain = false;
      turns = 0;
      talking.clear();
      try {
        const entries = await api.strip();
        if (mine !== era) return;
        isAnswered = true;
        isOver = false;
        const isNothingNew = entries.length === 0 && store.get().length === 0;
        // The first answer is news even when it is empty: the server's entries may have gone since.
        if (isNothingNew) store.set([]);
        else show(newest(entries));
      } catch (error) {
        if (mine !== era) return;
        const status = (error as { status?: number }).status ?? 0;
        isOver = status === 401 || status === 403 || status === 404;
        if (isOver) {
          isAnswered = true;
          store.set([]);
        }
      }
    } while (isAskedAgain && !isOver);
  }

  function refresh(): Promise<void> {
    if (asking) isAskedAgain = true;
    const mine = era;
    asking ??= ask().finally(() => {
      if (mine === era) asking = null;
    });
    return asking;
  }

  function refreshAll(): void {
    void refresh();
    tell([...named], false);
    named.clear();
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    refresh,
    isAnswered: () => isAnswered,
    isOver: () => isOver,
    onNews(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear() {
      era += 1;
      asking = null;
      isAnswered = isOver = isAskedAgain = false;
      named.clear();
      clearTimeout(later);
      later = undefined;
      show([]);
    },
    event({ type, space_id, spread_ms = SPREAD, is_talking = false }) {
      if (type === 'talking' && space_id) {
        talking.set(space_id, is_talking);
        show(store.get().map((entry) => (idOf(entry) === space_id && entry.is_talking !== is_talking ? { ...entry, is_talking } : entry)));
        return;
      }
      if (type === 'ended' && space_id) {
        ended.add(space_id);
        show(store.get());
        tell([space_id], true);
        // Its entry may stand in the page by the server's hand.
        if (!isAnswered) void refresh();
      } else if (space_id) named.add(space_id);
      later ??= setTimeout(() => {
        later = undefined;
        refreshAll();
      }, random() * spread_ms);
    },
    poll(isConnected) {
      const timer = setInterval(() => {
        turns += 1;
        if (!isOver && (turns > 1 || !isConnected())) refreshAll();
      }, POLL);
      return () => clearInterval(timer);
    },
  };
}
