/** The values of the connection's state machine: its states, what happens to it, what it asks for, its limits. */

import type { JoinGrant } from './api';
import type { ConnectionView, Problem, RemovalCode } from './types';

export type Phase =
  | 'idle'
  /** The API is asked for a join grant. */
  | 'granting'
  /** A new Room connects; an older one may still play. */
  | 'connecting'
  | 'connected'
  /** Signalling is lost, sound may still flow, the SDK tries to resume. */
  | 'unsure'
  /** A pause before the next try. */
  | 'waiting'
  | 'elsewhere'
  | 'ended'
  | 'removed'
  | 'failed';

export interface ConnectionState {
  phase: Phase;
  space_id: string | null;
  generation: number;
  /** The Room that was last connected and not yet dropped. */
  room: number | null;
  /** Tries since the connection last held. */
  attempt: number;
  /** When the sound was lost or the first try failed; null while all is well. */
  since: number | null;
  connectedAt: number;
  /** When the SFU last sent us away. */
  removedAt: number | null;
  /** Version of the Space that the newest grant came with: an older move is already behind us. */
  grantVersion: number;
  /** Version at which the room last moved: a grant of an earlier one leads nowhere. */
  movedVersion: number;
  isOffline: boolean;
  /** Signalling has been away for seconds, although sound still flows. */
  isSignalLate: boolean;
  isSoundBlocked: boolean;
  problem: Problem | null;
  /** Why the member was sent away, in the phase `removed`. */
  removal: RemovalCode;
}

/** Why a Room says that it is over; `unknown` includes a Room that never connected. */
export type LostReason = 'removed' | 'room_deleted' | 'duplicate' | 'server_shutdown' | 'unknown';

export type ConnectionEvent =
  | { type: 'listen'; space_id: string }
  /** A new page found an intent, or the browser brought an old page back. */
  | { type: 'restore'; space_id: string }
  | { type: 'leave' }
  | { type: 'bring_here' }
  | { type: 'dismiss' }
  | { type: 'granted'; generation: number; grant: JoinGrant }
  | { type: 'refused'; generation: number; problem: Problem }
  | { type: 'room_connected'; room: number }
  | { type: 'signal_lost'; room: number }
  | { type: 'signal_back'; room: number }
  | { type: 'sdk_reconnecting'; room: number }
  | { type: 'room_lost'; room: number; reason: LostReason }
  | { type: 'timer'; generation: number; isReceiving: boolean }
  | { type: 'room_moved'; version: number; spread_ms: number }
  | { type: 'space_ended' }
  /** The server says that the member may not be here any more. */
  | { type: 'sent_away'; code: RemovalCode }
  | { type: 'sound'; isBlocked: boolean }
  | { type: 'offline' }
  | { type: 'online' };

export type Effect =
  | { type: 'fetch_grant'; space_id: string; generation: number }
  | { type: 'connect'; grant: JoinGrant & { tier: 'rtc' }; room: number }
  | { type: 'drop'; room: number }
  | { type: 'arm'; ms: number; generation: number }
  | { type: 'start_audio' }
  | { type: 'save_intent'; space_id: string }
  | { type: 'clear_intent' }
  | { type: 'heartbeat'; space_id: string | null }
  | { type: 'tell_leave'; space_id: string }
  | { type: 'fetch_snapshot'; space_id: string };

export interface Step {
  state: ConnectionState;
  effects: Effect[];
}

/** Milliseconds. */
export const SIGNAL_PATIENCE = 1000;
export const SIGNAL_LATE = 3000;
export const OFFLINE_LONG = 5000;
export const CONNECT_LIMIT = 9000;
export const BACKOFF_CAP = 3000;
export const GIVE_UP = 10 * 60_000;
/** A connection that held this long starts the backoff anew; one removed twice within it stays out. */
export const STEADY = 5000;

export const IDLE: ConnectionState = {
  phase: 'idle',
  space_id: null,
  generation: 0,
  room: null,
  attempt: 0,
  since: null,
  connectedAt: 0,
  removedAt: null,
  grantVersion: 0,
  movedVersion: 0,
  isOffline: false,
  isSignalLate: false,
  isSoundBlocked: false,
  problem: null,
  removal: 'removed',
};

export const isTerminal = ({ phase }: ConnectionState): boolean =>
  phase === 'elsewhere' || phase === 'ended' || phase === 'removed' || phase === 'failed';

/** Whether the member has, or is about to get back, a place in a Space. */
export const isActive = (state: ConnectionState): boolean => state.phase !== 'idle' && !isTerminal(state);

/** Whether a Room is, or may be, playing. */
export const isIn = ({ phase }: ConnectionState): boolean => phase === 'connected' || phase === 'unsure';

/** What is kept of a state when a place is taken anew or given up. */
export const reset = (state: ConnectionState): ConnectionState => ({
  ...IDLE,
  generation: state.generation + 1,
  isOffline: state.isOffline,
});

/** `jitter` is a random number from 0 up to 1. */
export function backoff(attempt: number, jitter: number): number {
  return Math.round(Math.min(BACKOFF_CAP, 150 * 1.5 ** attempt) * (0.8 + 0.4 * jitter));
}

/** What dock and panel draw. */
export function viewOf(state: ConnectionState): ConnectionView {
  const playing = { kind: state.isSoundBlocked ? 'sound_blocked' : 'connected' } as const;
  switch (state.phase) {
    case 'idle':
    case 'elsewhere':
    case 'ended':
      return { kind: state.phase };
    case 'removed':
      return { kind: 'removed', code: state.removal };
    case 'failed':
      return { kind: 'failed', problem: state.problem! };
    case 'connected':
    case 'unsure':
      // Without a network it is told at once; without signalling sound may go on, and a short gap is none.
      return state.isOffline || state.isSignalLate ? reconnecting(state) : playing;
    default:
      return state.since === null ? { kind: 'joining' } : reconnecting(state);
  }
}

const reconnecting = ({ since, isOffline, problem }: ConnectionState): ConnectionView => ({
  kind: 'reconnecting',
  since: since!,
  offline: isOffline || problem?.code === 'unreachable',
});
