/** Who has a ring, for every avatar in the page; asked for again whenever the strip changes. */

import type { Api } from '../core/api';
import type { RingState } from '../core/types';
import { createBatch, type Batching } from './batch';

/** Milliseconds in which several changes become one question. */
const PAUSE = 300;

type Show = (ring: RingState | null) => void;

export interface Rings {
  /** Calls `show` with the member's ring when it is known and whenever it changes; returns how to stop. */
  follow(user_id: string, show: Show): () => void;
  /** Something changed: asks for everybody who is followed, soon and once. */
  refresh(): void;
}

export function createRings(api: Pick<Api, 'avatars'>, frame: Batching<RingState>['frame']): Rings {
  const shown = new Map<string, Set<Show>>();
  const rings = new Map<string, RingState | null>();
  let later: ReturnType<typeof setTimeout> | undefined;

  const want = createBatch<RingState>({
    most: 100,
    frame,
    fetch: (user_ids) => api.avatars(user_ids),
    take(user_id, found) {
      const ring = found ?? null;
      const shows = shown.get(user_id);
      if (!shows || rings.get(user_id) === ring) return;
      rings.set(user_id, ring);
      for (const show of shows) show(ring);
    },
  });

  return {
    follow(user_id, show) {
      const others = shown.get(user_id) ?? new Set();
      shown.set(user_id, others.add(show));
      const ring = rings.get(user_id);
      if (ring !== undefined) show(ring);
      else want([user_id]);
      return () => {
        others.delete(show);
        if (others.size) return;
        shown.delete(user_id);
        rings.delete(user_id);
      };
    },
    refresh() {
      later ??= setTimeout(() => {
        later = undefined;
        want(shown.keys());
      }, PAUSE);
    },
  };
}
