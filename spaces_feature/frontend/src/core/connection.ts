/**
 * The connection as one pure state machine: `reduce(state, event, now, jitter)` gives the next state and the effects
 * to run. It owns the rejoin loop: a lost Room is never repaired but replaced by a new one with a fresh grant. Drawn
 * in docs/explanation/connection.md.
 *
 * Whatever is awaited (a grant, a Room that connects, a timer) carries the generation that asked for it, and an answer
 * of another generation does nothing. A Room is named by the generation that connected it.
 */

import type { JoinGrant } from './api';
import {
  CONNECT_LIMIT,
  OFFLINE_LONG,
  SIGNAL_LATE,
  SIGNAL_PATIENCE,
  STEADY,
  TUNE_LIMIT,
  isActive,
  isHeld,
  isIn,
  isTerminal,
  renewal,
  reset,
  type ConnectionEvent,
  type ConnectionState,
  type Effect,
  type LostReason,
  type Step,
} from './connection-state';
import { ask, askAgain, begin, drops, finish, leave, rejoin, stay, tryAgain, wait } from './connection-steps';
import { NAMES_ONLY, SOUND_AWAY, isPassing, removalOf } from './problems';
import type { Problem } from './types';

export function reduce(state: ConnectionState, event: ConnectionEvent, now: number, jitter: number): Step {
  switch (event.type) {
    case 'listen':
      return listen(state, event.space_id);
    case 'restore':
      return isTerminal(state) ? stay(state) : restore(state, event.space_id, now);
    case 'bring_here':
      return isTerminal(state) && state.space_id ? listen(state, state.space_id) : stay(state);
    case 'leave':
      return leave(state);
    case 'dismiss':
      return isTerminal(state) ? stay({ ...reset(state), phase: 'idle', space_id: null }) : stay(state);
    case 'granted':
      return granted(state, event, now, jitter);
    case 'refused':
      return refused(state, event, now, jitter);
    case 'room_connected':
      return roomConnected(state, event.room, now);
    case 'signal_lost':
      return state.phase === 'connected' && event.room === state.room ? doubt(state, now) : stay(state);
    case 'signal_back':
      return signalBack(state, event.room);
    case 'sdk_reconnecting':
      return sdkReconnecting(state, event.room, now, jitter);
    case 'room_lost':
      return roomLost(state, event, now, jitter);
    case 'timer':
      return timer(state, event, now, jitter);
    case 'ask_again':
      return askAgain(state);
    case 'turned_away':
      return turnedAway(state, event.room, now);
    case 'room_moved':
      return roomMoved(state, event, now, jitter);
    case 'space_ended':
      return isActive(state) || state.phase === 'elsewhere' ? finish(state, 'ended', null) : stay(state);
    case 'sent_away':
      return isActive(state) || state.phase === 'elsewhere' ? finish(state, 'removed', null, event.code) : stay(state);
    case 'sound':
      return stay({ ...state, isSoundBlocked: event.isBlocked });
    case 'offline':
      return stay({ ...state, isOffline: true, since: isIn(state) ? (state.since ?? now) : state.since });
    case 'online':
      return online(state, now, jitter);
  }
}

function listen(state: ConnectionState, space_id: string): Step {
  const isSame = state.space_id === space_id;
  if (isSame && state.phase === 'waiting') return ask({ ...state, attempt: 0 }, [{ type: 'start_audio' }]);
  if (isSame && isActive(state)) return stay(state, [{ type: 'start_audio' }]);
  const before = isActive(state) ? leave(state).effects : [];
  const { state: next, effects } = begin(state, space_id, null);
  return stay(next, [...before, { type: 'start_audio' }, ...effects]);
}

/** The page came (back) to life: whatever Rooms it had are gone. */
function restore(state: ConnectionState, space_id: string, now: number): Step {
  const { state: next, effects } = begin(state, space_id, now);
  return stay(next, [...drops(state), ...effects]);
}

function granted(
  state: ConnectionState,
  { generation, grant }: { generation: number; grant: JoinGrant },
  now: number,
  jitter: number,
): Step {
  if (state.phase !== 'granting' || generation !== state.generation) return stay(state);
  const { space, me } = grant.snapshot;
  if (space.version < state.movedVersion) return tryAgain(state, now, jitter, null, []);
  const isHls = grant.tier === 'hls';
  const next: ConnectionState = {
    ...state,
    generation: generation + 1,
    grantVersion: space.version,
    grantedOnStage: me.role !== 'listener',
    renewAt: isHls ? renewal(grant.expires_at, now, jitter) : null,
    problem: null,
  };
  // The Room plays already that the grant leads to; segments go on at their fresh address.
  const isSame = grant.tier === state.tier && (isHls || state.movedVersion <= state.grantVersion);
  if (isIn(state) && isSame) {
    const renew: Effect[] = isHls ? [{ type: 'renew', room: state.room!, url: grant.url }] : [];
    return stay({ ...connected(next), attempt: 0 }, [...renew, ...renewals(next, now)]);
  }
  const room = next.generation;
  return stay({ ...next, phase: 'connecting', nextTier: grant.tier }, [
    { type: 'connect', grant, room },
    { type: 'arm', ms: isHls ? TUNE_LIMIT : CONNECT_LIMIT, generation: room },
    { type: 'heartbeat', space_id: state.space_id },
  ]);
}

const connected = (state: ConnectionState): ConnectionState => ({
  ...state,
  phase: 'connected',
  isAsking: false,
  since: null,
  isSignalLate: false,
});

/** Asks anew before the address of what plays is over. */
const renewals = ({ renewAt, generation }: ConnectionState, now: number): Effect[] =>
  renewAt === null ? [] : [{ type: 'arm', ms: renewAt - now, generation }];

function refused(
  state: ConnectionState,
  { generation, problem }: { generation: number; problem: Problem },
  now: number,
  jitter: number,
): Step {
  if (state.phase !== 'granting' || generation !== state.generation) return stay(state);
  if (isPassing(problem.status)) return tryAgain({ ...state, problem }, now, jitter, problem, []);
  if (problem.status === 409 && ['ended', 'canceled'].includes(String(problem['state']))) {
    return finish(state, 'ended', problem);
  }
  const isSentAway = (problem.status === 403 && problem.code === 'removed') || problem.code === 'switched_off';
  if (isSentAway) return finish(state, 'removed', problem, removalOf(problem));
  // They may come in, under their name; that is theirs to decide.
  if (problem.code === NAMES_ONLY) return finish(state, 'failed', problem);
  // Sent away by the SFU and not let in again: a block or the network itself, which the answer may hide as a 404.
  const isOut = state.removedAt !== null && (problem.status === 403 || problem.status === 404);
  return finish(state, isOut ? 'removed' : 'failed', problem, 'blocked');
}

function roomConnected(state: ConnectionState, room: number, now: number): Step {
  if (state.phase !== 'connecting' || room !== state.generation) {
    return stay(state, room === state.room ? [] : [{ type: 'drop', room }]);
  }
  const old: Effect[] = state.room === null ? [] : [{ type: 'drop', room: state.room }];
  const next = { ...connected(state), generation: state.generation + 1, room, tier: state.nextTier, connectedAt: now };
  return stay(next, [...old, { type: 'save_intent', space_id: state.space_id! }, ...renewals(next, now)]);
}

/** A Room that lived through a long gap may be dead without knowing it: a new one replaces it. */
function online(state: ConnectionState, now: number, jitter: number): Step {
  const back = { ...state, isOffline: false };
  if (state.phase === 'waiting') return ask({ ...back, attempt: 0 });
  if (state.phase !== 'connected' || !state.isOffline) return stay(back);
  // Segments are fetched one by one: what they need is an address that is still good.
  if (state.tier === 'hls') return askAgain(back);
  return now - (state.since ?? now) >= OFFLINE_LONG ? rejoin(back, now, jitter) : stay({ ...back, since: null });
}

/** Gives the SDK a second to resume. */
function doubt(state: ConnectionState, now: number): Step {
  const generation = state.generation + 1;
  return stay({ ...state, phase: 'unsure', generation, since: state.since ?? now }, [{ type: 'arm', ms: SIGNAL_PATIENCE, generation }]);
}

function signalBack(state: ConnectionState, room: number): Step {
  if (room !== state.room || state.movedVersion > state.grantVersion) return stay(state);
  // A question about the Room that plays goes on: it was not asked because of the signal.
  if (state.isAsking) return stay(state);
  if (state.phase !== 'unsure' && state.phase !== 'granting' && state.phase !== 'waiting') return stay(state);
  return stay({ ...connected(state), generation: state.generation + 1 });
}

/** The SDK would sleep two seconds and then take our own new Room's place: its Room goes now. */
function sdkReconnecting(state: ConnectionState, room: number, now: number, jitter: number): Step {
  if (state.phase === 'connecting' && room === state.generation) {
    return tryAgain(state, now, jitter, null, [{ type: 'drop', room }]);
  }
  if (room !== state.room) return stay(state);
  const dropped: Effect[] = [{ type: 'drop', room }];
  const without = silent(state, now);
  if (isHeld(state)) return rejoin(without, now, jitter, dropped);
  return stay(without, dropped);
}

/** Nothing plays any more; whatever else goes on does. */
const silent = (state: ConnectionState, now: number): ConnectionState => ({
  ...state,
  room: null,
  isAsking: false,
  since: state.since ?? now,
});

/** The address of the segments is not answered any more: it is over, or the member may not hear them. The server knows. */
function turnedAway(state: ConnectionState, room: number, now: number): Step {
  const isAnswered = state.removedAt !== null && now - state.removedAt < 2 * STEADY;
  return room !== state.room || isAnswered ? stay(state) : askAgain({ ...state, removedAt: now });
}

/** Whether a Room that connects takes the place of the one that plays at the SFU. */
const isOurs = ({ phase, nextTier }: ConnectionState): boolean => phase === 'connecting' && nextTier === 'rtc';

function roomLost(
  state: ConnectionState,
  { room, reason }: { room: number; reason: LostReason },
  now: number,
  jitter: number,
): Step {
  const isNext = state.phase === 'connecting' && room === state.generation;
  if (!isNext && room !== state.room) return stay(state);
  const dropped: Effect[] = [{ type: 'drop', room }];
  if (isNext && reason !== 'duplicate') return tryAgain(state, now, jitter, null, dropped);
  // Only a Room at the SFU can have been our own new one.
  if (reason === 'duplicate' && (isNext || !isOurs(state))) return finish(state, 'elsewhere', null);
  const without = silent(state, now);
  if (!isHeld(state)) return stay(without, dropped);
  if (reason !== 'removed') return rejoin(without, now, jitter, dropped);
  // Only the server knows whether it meant it, so we ask. Let in and sent away again at once, we do not insist.
  if (state.removedAt !== null && now - state.removedAt < 2 * STEADY) return finish(state, 'failed', SOUND_AWAY);
  return rejoin({ ...without, removedAt: now }, now, jitter, dropped);
}

function timer(
  state: ConnectionState,
  { generation, isReceiving }: { generation: number; isReceiving: boolean },
  now: number,
  jitter: number,
): Step {
  if (generation !== state.generation) return stay(state);
  switch (state.phase) {
    case 'waiting':
      return ask(state);
    case 'unsure':
      if (!isReceiving) return rejoin(state, now, jitter);
      return doubt({ ...state, isSignalLate: now - (state.since ?? now) >= SIGNAL_LATE }, now);
    case 'connecting':
      return tryAgain(state, now, jitter, null, [{ type: 'drop', room: generation }]);
    case 'connected':
      return askAgain(state);
    default:
      return stay(state);
  }
}

/** The Space has a new room at the SFU: come at a moment of one's own within the spread. */
function roomMoved(
  state: ConnectionState,
  { version, spread_ms }: { version: number; spread_ms: number },
  now: number,
  jitter: number,
): Step {
  if (!isActive(state)) return stay(state);
  if (version <= Math.max(state.grantVersion, state.movedVersion)) return stay(state);
  const moved = { ...state, movedVersion: version };
  // Segments go on at their address, whichever room they are made of.
  const isHls = state.phase === 'connecting' ? state.nextTier === 'hls' : state.room !== null && state.tier === 'hls';
  if (state.phase === 'granting' || isHls) return stay(moved);
  const next: Effect[] = state.phase === 'connecting' ? [{ type: 'drop', room: state.generation }] : [];
  const isAsking = state.isAsking && state.tier === 'hls';
  return wait({ ...moved, isAsking, attempt: 0, since: state.since ?? now }, Math.round(spread_ms * jitter), next);
}
