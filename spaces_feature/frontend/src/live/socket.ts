/**
 * The way events come in: the Space namespace over the host's own Socket.IO client where the page has one, else over
 * ours, loaded when the page is idle. Commands never go this way.
 */

import type { PageConfig, SpaceEvent } from '../core/types';

/** What we need of a Socket.IO socket, any client version. */
export interface SocketLike {
  connected: boolean;
  on(name: string, listener: (...args: never[]) => void): unknown;
  emit(name: string, ...args: unknown[]): unknown;
  disconnect(): unknown;
}

export type Connect = (namespace: string, options: { path: string }) => SocketLike;

/** What the page of the host may bring along. */
interface HostPage {
  io?: Connect;
  /** The host's own Manager, set before our script runs: `window.spaces = { manager: socket.io }`. */
  spaces?: { manager?: { socket(namespace: string): SocketLike } };
}

/**
 * `strip`: the live Spaces or the host's own items changed; ask again within `spread_ms`, at a moment of your own. Of
 * `talking` everything is said already.
 */
export interface StripEvent {
  type: string;
  space_id?: string;
  spread_ms?: number;
  is_talking?: boolean;
}

export interface LiveSocket {
  readonly isConnected: boolean;
  /** Resolves with the server's answer; null when none came in time or the socket is away. */
  subscribe(space_id: string): Promise<unknown>;
  unsubscribe(space_id: string): void;
  close(): void;
}

export interface SocketListeners {
  /** Up, the first time or again. */
  connected(socket: LiveSocket): void;
  event(event: SpaceEvent): void;
  strip(event: StripEvent): unknown;
}

const ACK_TIMEOUT = 4000;

export async function openSocket(
  { prefix, socket_path }: Pick<PageConfig, 'prefix' | 'socket_path'>,
  listeners: SocketListeners,
  host: HostPage = globalThis as HostPage,
): Promise<LiveSocket> {
  const manager = host.spaces?.manager;
  const connect = host.io ?? (manager ? null : (await import('./socket-client')).io as unknown as Connect);
  const socket = manager ? manager.socket(prefix) : connect!(prefix, { path: socket_path });
  const live: LiveSocket = {
    get isConnected() {
      return socket.connected;
    },
    subscribe: (space_id) =>
      new Promise((resolve) => {
        setTimeout(resolve, ACK_TIMEOUT, null);
        socket.emit('subscribe', { space_id }, resolve);
      }),
    unsubscribe: (space_id) => void (socket.connected && socket.emit('unsubscribe', { space_id })),
    close: () => void socket.disconnect(),
  };
  socket.on('connect', () => listeners.connected(live));
  socket.on('event', (event: SpaceEvent) => listeners.event(event));
  socket.on('strip', (event: StripEvent) => listeners.strip(event));
  if (socket.connected) listeners.connected(live);
  return live;
}
