/**
 * Runs the connection's state machine: carries out its effects and feeds back what came of them. It holds the Rooms;
 * what a Room says about sound goes on to the session.
 */

import type { Api, JoinGrant, JoinOptions } from '../core/api';
import { reduce } from '../core/connection';
import { IDLE, type ConnectionEvent, type ConnectionState, type Effect } from '../core/connection-state';
import { UNREACHABLE } from '../core/problems';
import type { Problem } from '../core/types';
import type { OpenTransport, Transport, TransportListeners } from './transport';

/** Milliseconds. */
const HEARTBEAT = 20_000;

/** What Rooms say that is not about the connection; only the Room that plays now is listened to. */
export type Sound = Pick<TransportListeners, 'talking' | 'quality' | 'rights' | 'played'>;

export interface DriverParts {
  api: Pick<Api, 'join' | 'leave' | 'heartbeat'>;
  openTransport: OpenTransport;
  /** How the member wants to be listed; asked at every join. */
  joinOptions?(): JoinOptions;
  sound: Sound;
  /** Prepares a Room that is about to connect: volume and output device. */
  prepare(transport: Transport): void;
  /** A grant came; its snapshot is the newest. */
  granted(grant: JoinGrant): void;
  saveIntent(space_id: string): void;
  clearIntent(): void;
  refresh(space_id: string): void;
  /** After each step of the machine and its effects. */
  changed(state: ConnectionState, before: ConnectionState): void;
}

export interface Driver {
  readonly state: ConnectionState;
  /** The Room that is connected now. */
  readonly transport: Transport | null;
  dispatch(event: ConnectionEvent): void;
  /** Inside a tap. Rejects when the browser still holds the sound back. */
  startAudio(): Promise<void>;
  /** The page goes away: Rooms are left, the place is kept. */
  suspend(): void;
}

export function createDriver(parts: DriverParts): Driver {
  let state = IDLE;
  const rooms = new Map<number, Transport>();
  /** A Room made ahead inside the tap: some browsers let only sound play that a tap has touched. */
  let spare: { transport: Transport; listeners: TransportListeners } | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  let asking: AbortController | null = null;
  let packetsBefore: Promise<number> = Promise.resolve(0);

  const playing = () => (state.room === null ? null : (rooms.get(state.room) ?? null));

  function dispatch(event: ConnectionEvent): void {
    const before = state;
    const next = reduce(state, event, Date.now(), Math.random());
    state = next.state;
    for (const effect of next.effects) run(effect);
    if (state !== before) parts.changed(state, before);
  }

  function run(effect: Effect): void {
    switch (effect.type) {
      case 'fetch_grant':
        return void fetchGrant(effect.space_id, effect.generation);
      case 'connect':
        return void connect(effect.room, effect.grant);
      case 'drop':
        return drop(effect.room);
      case 'arm':
        return arm(effect.ms, effect.generation);
      case 'start_audio':
        startAudio().catch(() => undefined);
        return;
      case 'save_intent':
        return parts.saveIntent(effect.space_id);
      case 'clear_intent':
        return parts.clearIntent();
      case 'heartbeat':
        return beat(effect.space_id);
      case 'tell_leave':
        // The stay ends by itself when this call gets lost.
        parts.api.leave(effect.space_id).catch(() => undefined);
        return;
      case 'fetch_snapshot':
        return parts.refresh(effect.space_id);
    }
  }

  async function fetchGrant(space_id: string, generation: number): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const grant = await parts.api.join(space_id, parts.joinOptions?.(), mine.signal);
      dispatch({ type: 'granted', generation, grant });
      if (state.space_id === space_id) parts.granted(grant);
      // The member left while the server was still letting them in.
      else parts.api.leave(space_id).catch(() => undefined);
    } catch (error) {
      if (!mine.signal.aborted) dispatch({ type: 'refused', generation, problem: asProblem(error) });
    }
  }

  async function connect(room: number, grant: JoinGrant & { tier: 'rtc' }): Promise<void> {
    const { transport, listeners } = spare ?? open();
    spare = null;
    rooms.set(room, transport);
    bind(listeners, room);
    parts.prepare(transport);
    try {
      await transport.connect(grant.url, grant.token);
      dispatch({ type: 'room_connected', room });
    } catch {
      dispatch({ type: 'room_lost', room, reason: 'unknown' });
    }
  }

  /** A Room whose listeners are still deaf. */
  function open(): { transport: Transport; listeners: TransportListeners } {
    const nothing = () => undefined;
    const listeners: TransportListeners = {
      signalLost: nothing,
      signalBack: nothing,
      reconnecting: nothing,
      lost: nothing,
      sound: nothing,
      played: nothing,
      talking: nothing,
      quality: nothing,
      rights: nothing,
    };
    return { transport: parts.openTransport(listeners), listeners };
  }

  function bind(listeners: TransportListeners, room: number): void {
    const isHeard = () => room === state.room || room === state.generation;
    Object.assign(listeners, {
      signalLost: () => {
        packetsBefore = rooms.get(room)?.packets() ?? Promise.resolve(0);
        dispatch({ type: 'signal_lost', room });
      },
      signalBack: () => dispatch({ type: 'signal_back', room }),
      reconnecting: () => dispatch({ type: 'sdk_reconnecting', room }),
      lost: (reason) => dispatch({ type: 'room_lost', room, reason }),
      sound: (isBlocked) => isHeard() && dispatch({ type: 'sound', isBlocked }),
      played: () => isHeard() && parts.sound.played(),
      talking: (identities) => isHeard() && parts.sound.talking(identities),
      quality: (quality) => isHeard() && parts.sound.quality(quality),
      rights: () => isHeard() && parts.sound.rights(),
    } satisfies TransportListeners);
  }

  function drop(room: number): void {
    const transport = rooms.get(room);
    rooms.delete(room);
    transport?.drop().catch(() => undefined);
  }

  function arm(ms: number, generation: number): void {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      let isReceiving = false;
      if (state.phase === 'unsure') {
        const packets = await (playing()?.packets() ?? 0);
        isReceiving = packets > (await packetsBefore);
        packetsBefore = Promise.resolve(packets);
      }
      dispatch({ type: 'timer', generation, isReceiving });
    }, ms);
  }

  function beat(space_id: string | null): void {
    clearInterval(heartbeat);
    if (space_id === null) return;
    heartbeat = setInterval(() => {
      parts.saveIntent(space_id);
      parts.api.heartbeat(space_id).catch((error: unknown) => {
        if (asProblem(error).status >= 400 && asProblem(error).status < 500) parts.refresh(space_id);
      });
    }, HEARTBEAT);
  }

  function startAudio(): Promise<void> {
    const transport = playing() ?? (spare ??= open()).transport;
    return transport.startAudio();
  }

  return {
    get state() {
      return state;
    },
    get transport() {
      return playing();
    },
    dispatch,
    startAudio,
    suspend() {
      asking?.abort();
      clearTimeout(timer);
      clearInterval(heartbeat);
      for (const room of [...rooms.keys()]) drop(room);
    },
  };
}

function asProblem(error: unknown): Problem {
  return error && typeof error === 'object' && 'code' in error && 'status' in error ? (error as Problem) : UNREACHABLE;
}
