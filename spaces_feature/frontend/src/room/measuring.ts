/**
 * How well the sound came, told once for each join: connected or not, how long from the tap to the first sound, and
 * whether it was lost. It looks at the connection and changes nothing.
 */

import { isActive, isIn, type ConnectionState } from '../core/connection-state';
import type { Measure } from '../core/measures';
import type { Snapshot } from '../core/types';

/** Milliseconds after which a join without a connection has failed, whatever comes later. */
export const LATE = 10_000;
/** A microphone that the SFU did not take so many times in a row will not be taken. */
const TRIES = 3;

export interface Measuring {
  /** Runs a join that a tap began at `at`, milliseconds since the epoch; without one a page load goes on with a place. */
  tapped(at: number, join: () => void): void;
  changed(state: ConnectionState, before: ConnectionState): void;
  /** Somebody's sound comes out for the first time. */
  played(): void;
  /** Whether the SFU took the microphone. */
  published(isTaken: boolean): void;
}

interface Join {
  space_id: string;
  tappedAt: number | null;
  /** As what the outcome has been told; `voice` for a microphone that was not taken. */
  told: Set<'speaker' | 'listener' | 'voice'>;
  isHeard: boolean;
  /** The sound waits for people: nobody's microphone is open, or the browser wants a tap. */
  waitsForPeople: boolean;
  /** Lost, and not known yet whether the Space ended or moved. */
  isLost: boolean;
  refusedTracks: number;
}

export function createMeasuring(
  tell: (measure: Measure) => void,
  snapshot: () => Snapshot | null,
  now: () => number = Date.now,
): Measuring {
  let join: Join | null = null;
  let tap: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Without a network nobody can connect, and what the server refused it has counted itself. */
  let isOurs = true;

  const role = (): 'speaker' | 'listener' => ((snapshot()?.me.role ?? 'listener') === 'listener' ? 'listener' : 'speaker');

  function begin(space_id: string): void {
    clearTimeout(timer);
    join = { space_id, tappedAt: tap, told: new Set(), isHeard: false, waitsForPeople: false, isLost: false, refusedTracks: 0 };
    timer = setTimeout(failed, LATE);
  }

  function outcome(name: 'connected' | 'connect_failed', as = role()): void {
    if (!join || join.told.has(as)) return;
    join.told.add(as);
    tell({ name, space_id: join.space_id, as });
  }

  /** Nothing has been told yet: the first connection is still awaited. */
  const isAwaited = (): boolean => join?.told.size === 0;

  function failed(): void {
    if (isAwaited() && isOurs) outcome('connect_failed');
  }

  /** `isAnother`: by a new Room; else the one that seemed lost goes on. */
  function connected(isAnother: boolean): void {
    clearTimeout(timer);
    if (!join) return;
    if (isAwaited()) outcome('connected');
    settleLoss(isAnother);
    const { stage = [], me } = snapshot() ?? {};
    const isAudible = stage.some((seat) => seat.user_id !== me?.user_id && !seat.is_muted && !seat.lost_at);
    if (!isAudible) join.waitsForPeople = true;
  }

  function settleLoss(wasReal: boolean): void {
    if (join?.isLost && wasReal) tell({ name: 'dropped', space_id: join.space_id, as: role() });
    if (join) join.isLost = false;
  }

  function over(state: ConnectionState, before: ConnectionState): void {
    const gaveUp = state.phase === 'failed' && state.problem?.status === 0;
    const leftInVain = state.phase === 'idle' && before.since !== null;
    if (gaveUp || leftInVain) failed();
    // The SFU's room goes before we hear that the Space has ended.
    settleLoss(gaveUp || state.phase === 'idle');
    clearTimeout(timer);
    join = null;
  }

  return {
    tapped(at, run) {
      tap = at;
      run();
      tap = null;
    },
    changed(state, before) {
      const isNew = isActive(state) && (!isActive(before) || state.space_id !== before.space_id);
      if (join && (isNew || !isActive(state))) over(isNew ? { ...state, phase: 'idle' } : state, before);
      if (isActive(state)) isOurs = !state.isOffline && !state.problem?.status;
      if (isNew && state.space_id) begin(state.space_id);
      if (!join) return;
      const isAnother = state.connectedAt !== before.connectedAt;
      const isMeant = state.removedAt !== before.removedAt || state.movedVersion !== before.movedVersion;
      if (isMeant) join.isLost = false;
      else if (isIn(before) && !isIn(state) && !isAnother) join.isLost = true;
      if (isIn(state) && !isIn(before)) connected(isAnother);
      if (state.isSoundBlocked) join.waitsForPeople = true;
    },
    played() {
      if (!join || join.isHeard) return;
      join.isHeard = true;
      const { space_id, tappedAt, waitsForPeople } = join;
      const seconds = tappedAt === null || waitsForPeople ? null : Math.round((now() - tappedAt) / 10) / 100;
      tell({ name: 'heard', space_id, as: role(), ...(seconds === null ? {} : { seconds }) });
    },
    published(isTaken) {
      if (!join) return;
      join.refusedTracks = isTaken ? 0 : join.refusedTracks + 1;
      if (isTaken) outcome('connected', 'speaker');
      if (join.refusedTracks < TRIES || join.told.has('voice')) return;
      join.told.add('voice').add('speaker');
      tell({ name: 'connect_failed', space_id: join.space_id, as: 'speaker' });
    },
  };
}
