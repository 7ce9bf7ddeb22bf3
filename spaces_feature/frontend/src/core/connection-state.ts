/** The values of the connection's state machine: its states, what happens to it, what it asks for, its limits. */

import type { JoinGrant, Tier } from './api';
import type { ConnectionView, Problem, RemovalCode, Snapshot } from './types';

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
  /** How that Room hears, and how the one does that connects. */
  tier: Tier;
  nextTier: Tier;
  /** The Room that plays is as it should be, and the server is asked whether another one is due. */
  isAsking: boolean;
  /** Tries since the connection last held. */
  attempt: number;
  /** When the sound was lost or the first try failed; null while all is well. */
  since: number | null;
  connectedAt: number;
  /** When the SFU last sent us away. */
  removedAt: number | null;
  /** Version of the Space that the newest grant came with: an older move is already behind us. */
  grantVersion: number;
  /** Whether it was for somebody on stage. */
  grantedOnStage: boolean;
  /** When a fresh address is asked for; null where none is needed. */
  renewAt: number | null;
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
  /** What the server answered last may not hold any more. */
  | { type: 'ask_again' }
  /** The Room's address is refused. */
  | { type: 'turned_away'; room: number }
  | { type: 'room_moved'; version: number; spread_ms: number }
  | { type: 'space_ended' }
  /** The server says that the member may not be here any more. */
  | { type: 'sent_away'; code: RemovalCode }
  | { type: 'sound'; isBlocked: boolean }
  | { type: 'offline' }
  | { type: 'online' };

export type Effect =
  | { type: 'fetch_grant'; space_id: string; generation: number }
  | { type: 'connect'; grant: JoinGrant; room: number }
  | { type: 'renew'; room: number; url: string }
  /** `isOver`: nothing comes after it, and what was fetched of it may be heard to its end. */
  | { type: 'drop'; room: number; isOver?: boolean }
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
/** Segments may have to be begun for who comes first. */
export const TUNE_LIMIT = 15_000;
export const BACKOFF_CAP = 3000;
export const GIVE_UP = 10 * 60_000;
/** A connection that held this long starts the backoff anew; one removed twice within it stays out. */
export const STEADY = 5000;
/** What is left to live of an address when a fresh one is asked for, at the least and at the most: clocks differ. */
const RENEW_SOON = 20_000;
const RENEW_LATE = 500_000;

export const IDLE: ConnectionState = {
  phase: 'idle',
  space_id: null,
  generation: 0,
  room: null,
  tier: 'rtc',
  nextTier: 'rtc',
  isAsking: false,
  attempt: 0,
  since: null,
  connectedAt: 0,
  removedAt: null,
  grantVersion: 0,
  grantedOnStage: false,
  renewAt: null,
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

/** Whether the Room that plays, or may be playing, is all there is. */
export const isHeld = ({ phase }: ConnectionState): boolean => phase === 'connected' || phase === 'unsure';

/** Whether a Room is, or may be, playing; another one may be on its way for reasons other than a loss. */
export const isIn = (state: ConnectionState): boolean => isHeld(state) || (state.isAsking && state.room !== null);

/**
 * Whether somebody came up or went down since the server was last asked how they hear. Who came with a place on stage
 * may hear otherwise without it; who came over WebRTC goes up as they are.
 */
export function isTierDue(state: ConnectionState, { space, me }: Snapshot): boolean {
  const isOnStage = me.role !== 'listener';
  const isNews = space.version > state.grantVersion && isOnStage !== state.grantedOnStage;
  return state.phase === 'connected' && isNews && (state.grantedOnStage || state.tier === 'hls');
}

/** What is kept of a state when a place is taken anew or given up. */
export const reset = (state: ConnectionState): ConnectionState => ({
  ...IDLE,
  generation: state.generation + 1,
  isOffline: state.isOffline,
});

/** Returns when to ask for a fresh address: at a moment of one's own, well before this one is over. */
export function renewal(expires_at: string, now: number, jitter: number): number {
  const left = (Date.parse(expires_at) - now) * (0.5 + 0.3 * jitter);
  return now + Math.min(RENEW_LATE, Math.max(RENEW_SOON, left));
}

/** `jitter` is a random number from 0 up to 1. */
export function backoff(attempt: number, jitter: number): number {
  return Math.round(Math.min(BACKOFF_CAP, 150 * 1.5 ** attempt) * (0.8 + 0.4 * jitter));
}

/** What dock and panel draw. */
export function viewOf(state: ConnectionState): ConnectionView {
  // Without a network it is told at once; without signalling sound may go on, and a short gap is none.
  if (isIn(state))
    return state.isOffline || state.isSignalLate ? reconnecting(state) : { kind: state.isSoundBlocked ? 'sound_blocked' : 'connected' };
  switch (state.phase) {
    case 'idle':
    case 'elsewhere':
    case 'ended':
      return { kind: state.phase };
    case 'removed':
      return { kind: 'removed', code: state.removal };
    case 'failed':
      return { kind: 'failed', problem: state.problem! };
    default:
      return state.since === null ? { kind: 'joining' } : reconnecting(state);
  }
}

const reconnecting = ({ since, isOffline, problem }: ConnectionState): ConnectionView => ({
  kind: 'reconnecting',
  since: since!,
  offline: isOffline || problem?.code === 'unreachable',
});
