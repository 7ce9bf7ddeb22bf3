/** The steps that the state machine's answers are made of: asking, waiting, giving up, leaving. */

import {
  GIVE_UP,
  STEADY,
  backoff,
  isActive,
  reset,
  type ConnectionState,
  type Effect,
  type Step,
} from './connection-state';
import { SOUND_AWAY } from './problems';
import type { Problem, RemovalCode } from './types';

export const stay = (state: ConnectionState, effects: Effect[] = []): Step => ({ state, effects });

/** Drops every Room there may be: the one that plays and the one that connects. */
export function drops({ phase, room, generation }: ConnectionState, isOver = false): Effect[] {
  const rooms = phase === 'connecting' ? [room, generation] : [room];
  const told = isOver ? { isOver } : {};
  return rooms.flatMap((id) => (id === null ? [] : [{ type: 'drop' as const, room: id, ...told }]));
}

export function begin(state: ConnectionState, space_id: string, since: number | null): Step {
  return ask({ ...reset(state), space_id, since }, [{ type: 'save_intent', space_id }]);
}

export function leave(state: ConnectionState): Step {
  if (!isActive(state) || !state.space_id) return stay(state);
  return stay(reset(state), [
    ...drops(state),
    { type: 'clear_intent' },
    { type: 'heartbeat', space_id: null },
    { type: 'tell_leave', space_id: state.space_id },
  ]);
}

export function finish(
  state: ConnectionState,
  phase: 'elsewhere' | 'ended' | 'removed' | 'failed',
  problem: Problem | null,
  removal: RemovalCode = 'removed',
): Step {
  const space_id = state.space_id!;
  return stay({ ...reset(state), phase, space_id, problem, removal }, [
    ...drops(state, phase === 'ended'),
    { type: 'clear_intent' },
    { type: 'heartbeat', space_id: null },
    { type: 'fetch_snapshot', space_id },
  ]);
}

/** Asks for a grant now. */
export function ask(state: ConnectionState, effects: Effect[] = []): Step {
  const generation = state.generation + 1;
  return stay({ ...state, phase: 'granting', generation }, [
    ...effects,
    { type: 'fetch_grant', space_id: state.space_id!, generation },
  ]);
}

/** Asks whether the Room that plays is still the right one; it plays on meanwhile. */
export function askAgain(state: ConnectionState): Step {
  return state.phase === 'connected' ? ask({ ...state, isAsking: true }) : stay(state);
}

export function wait(state: ConnectionState, ms: number, effects: Effect[] = []): Step {
  const generation = state.generation + 1;
  return stay({ ...state, phase: 'waiting', generation }, [...effects, { type: 'arm', ms, generation }]);
}

/** The next try, after a pause that grows; gives up when it has been going on for too long. */
export function tryAgain(state: ConnectionState, now: number, jitter: number, problem: Problem | null, effects: Effect[]): Step {
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
export function rejoin(state: ConnectionState, now: number, jitter: number, effects: Effect[] = []): Step {
  // What the SDK could not resume may have played on until now.
  const lost = { ...state, isSignalLate: false, since: state.phase === 'unsure' ? now : (state.since ?? now) };
  return now - state.connectedAt >= STEADY
    ? ask({ ...lost, attempt: 0 }, effects)
    : tryAgain(lost, now, jitter, null, effects);
}
