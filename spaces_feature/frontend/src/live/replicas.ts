/**
 * Live copies of Spaces, one per Space however many parts of the page look at it. A copy that missed an event fetches
 * the snapshot; while there is no socket, all copies are fetched every few seconds.
 */

import type { Api } from '../core/api';
import type { Watched } from '../core/deps';
import { applyEvent } from '../core/replica';
import { createStore, type Writable } from '../core/store';
import type { Snapshot, SpaceEvent } from '../core/types';
import type { LiveSocket } from './socket';

const POLL = 3000;

interface Copy {
  store: Writable<Snapshot | null>;
  watchers: number;
  /** The newest version that an event spoke of; a snapshot below it was taken too early. */
  heardOf: number;
  fetching: Promise<void> | null;
  /** Nobody watches who could not wait for the next event. */
  isQuiet: boolean;
}

export interface Replicas {
  /** Quietly: by the socket or not at all, for what is asked about in another way as well. */
  watch(space_id: string, isQuiet?: boolean): Watched;
  /** A snapshot that came as the answer of a command. An older one than the copy changes nothing. */
  take(snapshot: Snapshot): void;
  /** Fetches the snapshot; fetches that overlap are one. Never rejects. */
  refresh(space_id: string): Promise<void>;
  event(event: SpaceEvent): void;
  /** The socket came up, the first time or again: subscribes to whatever is watched. */
  connected(socket: LiveSocket): void;
}

export function createReplicas(api: Pick<Api, 'snapshot'>): Replicas {
  const copies = new Map<string, Copy>();
  let socket: LiveSocket | null = null;
  let poll: ReturnType<typeof setInterval> | undefined;

  function take(snapshot: Snapshot): void {
    const copy = copies.get(snapshot.space.id);
    const own = copy?.store.get();
    if (copy && (!own || snapshot.space.version >= own.space.version)) copy.store.set(snapshot);
  }

  async function fetched(space_id: string, copy: Copy): Promise<void> {
    do {
      try {
        const snapshot = await api.snapshot(space_id);
        take(snapshot);
        if (snapshot.space.version >= copy.heardOf) return;
      } catch (error) {
        const status = (error as { status?: number }).status ?? 0;
        if (status === 403 || status === 404) copy.store.set(null);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    } while (copies.get(space_id) === copy);
  }

  function refresh(space_id: string): Promise<void> {
    const copy = copies.get(space_id);
    if (!copy) return Promise.resolve();
    copy.fetching ??= fetched(space_id, copy).finally(() => (copy.fetching = null));
    return copy.fetching;
  }

  async function ask(space_id: string): Promise<void> {
    if (!copies.get(space_id)?.isQuiet) await refresh(space_id);
  }

  async function subscribe(space_id: string): Promise<void> {
    if (!socket?.isConnected) return ask(space_id);
    const answer = (await socket.subscribe(space_id)) as Partial<Snapshot> | null;
    if (answer?.space) take(answer as Snapshot);
    else return ask(space_id);
    if ((copies.get(space_id)?.heardOf ?? 0) > answer.space.version) await refresh(space_id);
  }

  return {
    watch(space_id, isQuiet = false) {
      let copy = copies.get(space_id);
      if (!copy) {
        copy = { store: createStore<Snapshot | null>(null), watchers: 0, heardOf: 0, fetching: null, isQuiet };
        copies.set(space_id, copy);
        void subscribe(space_id);
      } else if (copy.isQuiet && !isQuiet) {
        copy.isQuiet = false;
        // The socket may have refused who could wait.
        if (!copy.store.get()) void subscribe(space_id);
      }
      copy.watchers += 1;
      poll ??= setInterval(() => {
        if (!socket?.isConnected) for (const id of copies.keys()) void ask(id);
      }, POLL);
      const { store } = copy;
      let isOpen = true;
      return {
        get: store.get,
        subscribe: store.subscribe,
        close() {
          if (!isOpen) return;
          isOpen = false;
          if (--copy.watchers > 0) return;
          copies.delete(space_id);
          socket?.unsubscribe(space_id);
          if (copies.size) return;
          clearInterval(poll);
          poll = undefined;
        },
      };
    },
    take,
    refresh,
    event(event) {
      const copy = copies.get(event.space_id);
      if (!copy) return;
      copy.heardOf = Math.max(copy.heardOf, event.version ?? 0);
      const own = copy.store.get();
      if (!own) return;
      const { kind, snapshot } = applyEvent(own, event);
      if (kind === 'changed') copy.store.set(snapshot);
      if (kind === 'stale') void refresh(event.space_id);
    },
    connected(live) {
      socket = live;
      for (const space_id of copies.keys()) void subscribe(space_id);
    },
  };
}
