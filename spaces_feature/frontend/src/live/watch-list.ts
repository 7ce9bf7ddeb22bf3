/**
 * Spaces of which a part of the page has to hear at once what becomes of them, whether or not the strip shows them. They
 * are few at a time, and those that somebody only scrolls past are not among them.
 */

import type { Watched } from '../core/deps';
import type { Snapshot } from '../core/types';

/** One socket may watch twenty: two lists like this one, the room and the dock. */
const MOST = 8;
/** Milliseconds that a list must stay as it is. */
const CALM = 300;

/** What a list of Spaces says of one, as far as it cannot wait. */
const gist = ({ space }: Snapshot): string => [space.state, space.title, space.host_ids[0], space.scheduled_start].join();

export interface WatchList {
  /** These, and no others, the most important first. */
  keep(space_ids: string[]): void;
}

/** `changed` is called when a Space reads differently from before, `found` with what it is when the list comes to it. */
export function createWatchList(
  watch: (space_id: string) => Watched,
  { found, changed }: { found(snapshot: Snapshot): void; changed(space_id: string, snapshot: Snapshot | null): void },
): WatchList {
  const open = new Map<string, () => void>();
  let wanted: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function begin(space_id: string): () => void {
    const copy = watch(space_id);
    let known: string | null = null;
    const look = (): void => {
      const snapshot = copy.get();
      const now = snapshot && gist(snapshot);
      if (now === known) return;
      if (known === null) found(snapshot!);
      else changed(space_id, snapshot);
      known = now;
    };
    const stop = copy.subscribe(look);
    look();
    return () => {
      stop();
      copy.close();
    };
  }

  function settle(): void {
    timer = undefined;
    for (const [space_id, end] of open)
      if (!wanted.includes(space_id)) {
        open.delete(space_id);
        end();
      }
    for (const space_id of wanted) if (!open.has(space_id)) open.set(space_id, begin(space_id));
  }

  return {
    keep(space_ids) {
      wanted = [...new Set(space_ids)].slice(0, MOST);
      const isAsItWas = wanted.length === open.size && wanted.every((space_id) => open.has(space_id));
      clearTimeout(timer);
      timer = isAsItWas ? undefined : setTimeout(settle, CALM);
    },
  };
}
