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
  GIVE_UP,
  OFFLINE_LONG,
  SIGNAL_LATE,
  SIGNAL_PATIENCE,
  STEADY,
  backoff,
  isActive,
  isIn,
  isTerminal,
  reset,
  type ConnectionEvent,
  type ConnectionState,
  type Effect,
  type LostReason,
  type Step,
} from './connection-state';
import { NAMES_ONLY, NO_SEAT_WITH_SOUND, SOUND_AWAY, isPassing, removalOf } from './problems';
import type { Problem, RemovalCode } from './types';

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

const stay = (state: ConnectionState, effects: Effect[] = []): Step => ({ state, effects });

/** Drops every Room there may be: the one that plays and the one that connects. */
function drops({ phase, room, generation }: ConnectionState): Effect[] {
  const rooms = phase === 'connecting' ? [room, generation] : [room];
  return rooms.flatMap((id) => (id === null ? [] : [{ type: 'drop' as const, room: id }]));
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

function begin(state: ConnectionState, space_id: string, since: number | null): Step {
  return ask({ ...reset(state), space_id, since }, [{ type: 'save_intent', space_id }]);
}

function leave(state: ConnectionState): Step {
  if (!isActive(state) || !state.space_id) return stay(state);
  return stay(reset(state), [
    ...drops(state),
    { type: 'clear_intent' },
    { type: 'heartbeat', space_id: null },
    { type: 'tell_leave', space_id: state.space_id },
  ]);
}

function finish(
  state: ConnectionState,
  phase: 'elsewhere' | 'ended' | 'removed' | 'failed',
  problem: Problem | null,
  removal: RemovalCode = 'removed',
): Step {
  const space_id = state.space_id!;
  return stay({ ...reset(state), phase, space_id, problem, removal }, [
    ...drops(state),
    { type: 'clear_intent' },
    { type: 'heartbeat', space_id: null },
    { type: 'fetch_snapshot', space_id },
  ]);
}

/** Asks for a grant now. */
function ask(state: ConnectionState, effects: Effect[] = []): Step {
  const generation = state.generation + 1;
  return stay({ ...state, phase: 'granting', generation }, [
    ...effects,
    { type: 'fetch_grant', space_id: state.space_id!, generation },
  ]);
}

function wait(state: ConnectionState, ms: number, effects: Effect[] = []): Step {
  const generation = state.generation + 1;
  return stay({ ...state, phase: 'waiting', generation }, [...effects, { type: 'arm', ms, generation }]);
}

/** The next try, after a pause that grows; gives up when it has been going on for too long. */
function tryAgain(state: ConnectionState, now: number, jitter: number, problem: Problem | null, effects: Effect[]): Step {
  const since = state.since ?? now;
  if (now - since > GIVE_UP) {
    const over = finish(state, 'failed', problem ?? SOUND_AWAY);
    return stay(over.state, [...effects, ...over.effects]);
  }
  // For the SFU's return we look more often than the server advises everybody else to.
  const asked = problem?.code === 'media_unavailable' ? 0 : Number(problem?.['retry_after'] ?? 0) * 1000;
  const ms = Math.max(backoff(state.attempt, jitter), asked);
  return wait({ ...state, since, attempt: state.attempt + 1 }, ms, effects);
}

/** The Room that played is of no use any more: rejoin, at once when it had held for a while. */
function rejoin(state: ConnectionState, now: number, jitter: number, effects: Effect[] = []): Step {
  // What the SDK could not resume may have played on until now.
  const lost = { ...state, isSignalLate: false, since: state.phase === 'unsure' ? now : (state.since ?? now) };
  return now - state.connectedAt >= STEADY
    ? ask({ ...lost, attempt: 0 }, effects)
    : tryAgain(lost, now, jitter, null, effects);
}

function granted(
  state: ConnectionState,
  { generation, grant }: { generation: number; grant: JoinGrant },
  now: number,
  jitter: number,
): Step {
  if (state.phase !== 'granting' || generation !== state.generation) return stay(state);
  if (grant.tier !== 'rtc') return finish(state, 'failed', NO_SEAT_WITH_SOUND);
  const grantVersion = grant.snapshot.space.version;
  if (grantVersion < state.movedVersion) return tryAgain(state, now, jitter, null, []);
  const room = generation + 1;
  return stay(
    { ...state, phase: 'connecting', generation: room, grantVersion, problem: null },
    [
      { type: 'connect', grant, room },
      { type: 'arm', ms: CONNECT_LIMIT, generation: room },
      { type: 'heartbeat', space_id: state.space_id },
    ],
  );
}

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
  const generation = state.generation + 1;
  return stay({ ...state, phase: 'connected', generation, room, since: null, isSignalLate: false, connectedAt: now }, [
    ...old,
    { type: 'save_intent', space_id: state.space_id! },
  ]);
}

/** A Room that lived through a long gap may be dead without knowing it: a new one replaces it. */
function online(state: ConnectionState, now: number, jitter: number): Step {
  const back = { ...state, isOffline: false };
  if (state.phase === 'waiting') return ask({ ...back, attempt: 0 });
  if (state.phase !== 'connected' || !state.isOffline) return stay(back);
  return now - (state.since ?? now) >= OFFLINE_LONG ? rejoin(back, now, jitter) : stay({ ...back, since: null });
}

/** Gives the SDK a second to resume. */
function doubt(state: ConnectionState, now: number): Step {
  const generation = state.generation + 1;
  return stay({ ...state, phase: 'unsure', generation, since: state.since ?? now }, [{ type: 'arm', ms: SIGNAL_PATIENCE, generation }]);
}

function signalBack(state: ConnectionState, room: number): Step {
  if (room !== state.room || state.movedVersion > state.grantVersion) return stay(state);
  if (state.phase !== 'unsure' && state.phase !== 'granting' && state.phase !== 'waiting') return stay(state);
  return stay({ ...state, phase: 'connected', generation: state.generation + 1, since: null, isSignalLate: false });
}

/** The SDK would sleep two seconds and then take our own new Room's place: its Room goes now. */
function sdkReconnecting(state: ConnectionState, room: number, now: number, jitter: number): Step {
  if (state.phase === 'connecting' && room === state.generation) {
    return tryAgain(state, now, jitter, null, [{ type: 'drop', room }]);
  }
  if (room !== state.room) return stay(state);
  const dropped: Effect[] = [{ type: 'drop', room }];
  const without = { ...state, room: null };
  if (isIn(state)) return rejoin(without, now, jitter, dropped);
  return stay(without, dropped);
}

function roomLost(
  state: ConnectionState,
  { room, reason }: { room: number; reason: LostReason },
  now: number,
  jitter: number,
): Step {
  const isNext = state.phase === 'connecting' && room === state.generation;
  if (!isNext && room !== state.room) return stay(state);
  const dropped: Effect[] = [{ type: 'drop', room }];
  const without = isNext ? state : { ...state, room: null };
  if (reason === 'duplicate' && (isNext || state.phase !== 'connecting')) return finish(state, 'elsewhere', null);
  if (isNext) return tryAgain(without, now, jitter, null, dropped);
  if (!isIn(state)) return stay(without, dropped);
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
  if (state.phase === 'granting') return stay(moved);
  const next: Effect[] = state.phase === 'connecting' ? [{ type: 'drop', room: state.generation }] : [];
  return wait({ ...moved, attempt: 0, since: state.since ?? now }, Math.round(spread_ms * jitter), next);
}
