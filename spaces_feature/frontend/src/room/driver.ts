/**
 * Runs the connection's state machine: carries out its effects and feeds back what came of them. It holds the Rooms;
 * what a Room says about sound goes on to the session.
 */

import type { Api, JoinGrant, JoinOptions, Tier } from '../core/api';
import { reduce } from '../core/connection';
import { IDLE, type ConnectionEvent, type ConnectionState, type Effect } from '../core/connection-state';
import { UNREACHABLE } from '../core/problems';
import type { Problem } from '../core/types';
import type { OpenTransport, Transport, TransportListeners } from './transport';

/** Milliseconds. */
const HEARTBEAT = 20_000;
/** Milliseconds that segments play on for a Room at the SFU that is connected, and in which nobody is heard yet. */
const OVERLAP = 1000;

/** What Rooms say that is not about the connection; only the Room that plays now is listened to. */
export type Sound = Pick<TransportListeners, 'talking' | 'quality' | 'late' | 'rights' | 'played'>;

export interface DriverParts {
  api: Pick<Api, 'join' | 'leave' | 'heartbeat'>;
  transports: Record<Tier, OpenTransport>;
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

interface OpenRoom {
  transport: Transport;
  listeners: TransportListeners;
  /** Resolves when somebody is heard in it. */
  played: Promise<void>;
}

export function createDriver(parts: DriverParts): Driver {
  let state = IDLE;
  const rooms = new Map<number, Transport>();
  /** Who talks, as each Room said it last. */
  const talking = new Map<number, string[]>();
  /** Made ahead inside the tap: some browsers let only sound play that a tap has touched. */
  const spares: Partial<Record<Tier, OpenRoom>> = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let heartbeat: ReturnType<typeof setInterval> | undefined;
  let asking: AbortController | null = null;
  let packetsBefore: Promise<number> = Promise.resolve(0);

  /** What may still be heard of a Space that is over. */
  let lastWords: Transport | null = null;

  const playing = () => (state.room === null ? null : (rooms.get(state.room) ?? null));

  function dispatch(event: ConnectionEvent): void {
    const before = state;
    const next = reduce(state, event, Date.now(), Math.random());
    state = next.state;
    for (const effect of next.effects) run(effect);
    if (state.room !== before.room) parts.sound.talking(talking.get(state.room ?? -1) ?? []);
    if (state !== before) parts.changed(state, before);
  }

  function run(effect: Effect): void {
    switch (effect.type) {
      case 'fetch_grant':
        return void fetchGrant(effect.space_id, effect.generation);
      case 'connect':
        return void connect(effect.room, effect.grant);
      case 'renew':
        return rooms.get(effect.room)?.renew?.(effect.url);
      case 'drop':
        return drop(effect.room, effect.isOver);
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
    lastWords?.drop().catch(() => undefined);
    lastWords = null;
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

  async function connect(room: number, grant: JoinGrant): Promise<void> {
    const { transport, listeners, played } = spares[grant.tier] ?? open(grant.tier);
    delete spares[grant.tier];
    rooms.set(room, transport);
    bind(listeners, room);
    parts.prepare(transport);
    try {
      await transport.connect(grant.url, grant.tier === 'rtc' ? grant.token : '');
      // Whoever comes up from the segments hears them until the stage itself is heard.
      const isComingUp = grant.tier === 'rtc' && state.tier === 'hls' && playing() !== null;
      if (isComingUp) await Promise.race([played, new Promise((resolve) => setTimeout(resolve, OVERLAP))]);
      dispatch({ type: 'room_connected', room });
    } catch {
      dispatch({ type: 'room_lost', room, reason: 'unknown' });
    }
  }

  /** A Room whose listeners are still deaf. */
  function open(tier: Tier): OpenRoom {
    const nothing = () => undefined;
    const listeners: TransportListeners = {
      signalLost: nothing,
      signalBack: nothing,
      reconnecting: nothing,
      turnedAway: nothing,
      lost: nothing,
      sound: nothing,
      played: nothing,
      talking: nothing,
      quality: nothing,
      late: nothing,
      rights: nothing,
    };
    let hear: () => void = nothing;
    const played = new Promise<void>((resolve) => (hear = resolve));
    return { transport: parts.transports[tier](listeners), listeners: Object.assign(listeners, { played: hear }), played };
  }

  function bind(listeners: TransportListeners, room: number): void {
    const isHeard = () => room === state.room || room === state.generation;
    const isFirst = listeners.played;
    Object.assign(listeners, {
      signalLost: () => {
        packetsBefore = rooms.get(room)?.packets() ?? Promise.resolve(0);
        dispatch({ type: 'signal_lost', room });
      },
      signalBack: () => dispatch({ type: 'signal_back', room }),
      reconnecting: () => dispatch({ type: 'sdk_reconnecting', room }),
      turnedAway: () => dispatch({ type: 'turned_away', room }),
      lost: (reason) => dispatch({ type: 'room_lost', room, reason }),
      sound: (isBlocked) => isHeard() && dispatch({ type: 'sound', isBlocked }),
      played: () => {
        isFirst();
        if (isHeard()) parts.sound.played();
      },
      talking: (identities) => {
        talking.set(room, identities);
        if (isHeard()) parts.sound.talking(identities);
      },
      quality: (quality) => isHeard() && parts.sound.quality(quality),
      late: (seconds) => room === state.room && parts.sound.late(seconds),
      rights: () => isHeard() && parts.sound.rights(),
    } satisfies TransportListeners);
  }

  function drop(room: number, isOver = false): void {
    const transport = rooms.get(room);
    rooms.delete(room);
    talking.delete(room);
    transport?.drop(isOver).catch(() => undefined);
    if (isOver && transport) lastWords = transport;
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
    const now = playing();
    if (now) return now.startAudio();
    const all = (['rtc', 'hls'] as const).map((tier) => (spares[tier] ??= open(tier)).transport.startAudio());
    return Promise.all(all).then(() => undefined);
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
