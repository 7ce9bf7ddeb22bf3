/** Everything that comes in by itself, put together: one socket, the live copies of Spaces, the strip. */

import type { Api } from '../core/api';
import type { Watched } from '../core/deps';
import type { PageConfig, Snapshot, SpaceEvent } from '../core/types';
import { createReplicas } from './replicas';
import { openSocket, type LiveSocket } from './socket';
import { createStripStore, type StripStore } from './strip-store';

export interface Live {
  readonly strip: StripStore;
  watch(space_id: string, isQuiet?: boolean): Watched;
  /** A snapshot that came as the answer of a command. */
  take(snapshot: Snapshot): void;
  refresh(space_id: string): Promise<void>;
  /** Every event of a watched Space, before the copy takes it. */
  onEvent(listener: (event: SpaceEvent) => void): () => void;
  /** Opens the socket, or begins to poll where there is none. Calling it again changes nothing. */
  start(): void;
  /** The same for somebody signed out, who has nothing to hear of before they listen as a guest. */
  startForGuest(): void;
  /** Closes it: another member signed in on this page, or nobody is. */
  stop(): void;
}

export function createLive(api: Pick<Api, 'snapshot' | 'strip'>, config: () => PageConfig): Live {
  const strip = createStripStore(api);
  /** Signed out there is a guest only once somebody listens; before that every question would be refused. */
  let isGuest = false;
  const replicas = createReplicas({
    snapshot: (id) => (config().me || isGuest ? api.snapshot(id) : Promise.reject(new Error('signed out'))),
  });
  const listeners = new Set<(event: SpaceEvent) => void>();
  let socket: LiveSocket | null = null;
  let stopPolling: (() => void) | null = null;
  /** Grows with each stop: a socket that opens after it is closed at once. */
  let era = 0;

  async function open(): Promise<void> {
    const mine = era;
    const isMine = () => mine === era;
    try {
      const opened = await openSocket(config(), {
        connected(live) {
          if (!isMine()) return;
          replicas.connected(live);
          if (config().me) void strip.refresh();
        },
        event(event) {
          if (!isMine()) return;
          for (const listener of [...listeners]) listener(event);
          // Where the member was sent away from is nothing to offer them.
          if (event.type === 'removed' && event.version === null) void strip.refresh();
          replicas.event(event);
        },
        strip: (event) => isMine() && strip.event(event),
      });
      if (isMine()) socket = opened;
      else opened.close();
    } catch {
      // The client's chunk did not load: polling goes on.
    }
  }

  return {
    strip,
    watch: replicas.watch,
    take: replicas.take,
    refresh: replicas.refresh,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      if (stopPolling || !config().me) return;
      stopPolling = strip.poll(() => socket?.isConnected ?? false);
      if (config().socket_path) void open();
      else void strip.refresh();
    },
    startForGuest() {
      if (stopPolling || config().me) return;
      isGuest = true;
      stopPolling = () => undefined;
      if (config().socket_path) void open();
    },
    stop() {
      era += 1;
      isGuest = false;
      stopPolling?.();
      stopPolling = null;
      socket?.close();
      socket = null;
      strip.clear();
    },
  };
}
