import assert from 'node:assert/strict';
import test from 'node:test';
import { reduce } from '../src/core/connection';
import {
  IDLE,
  isActive,
  isTerminal,
  type ConnectionEvent,
  type ConnectionState,
  type Effect,
  type LostReason,
} from '../src/core/connection-state';
import { grant, problem, randomFrom, segments } from './builders';

const HISTORIES = 400;
const REASONS: LostReason[] = ['removed', 'room_deleted', 'duplicate', 'server_shutdown', 'unknown'];

/** A browser, an API and an SFU in one: it carries out effects, in any order, well or badly. */
class World {
  state: ConnectionState = IDLE;
  now = 1_000_000;
  /** Rooms that exist in the browser. */
  readonly rooms = new Set<number>();
  timers: { at: number; generation: number }[] = [];
  calls: number[] = [];
  connecting: number[] = [];
  private version = 1;

  constructor(private readonly random: () => number) {}

  dispatch(event: ConnectionEvent): void {
    const { state, effects } = reduce(this.state, event, this.now, this.random());
    this.state = state;
    for (const effect of effects) this.run(effect);
  }

  private run(effect: Effect): void {
    switch (effect.type) {
      case 'fetch_grant':
        this.calls.push(effect.generation);
        break;
      case 'connect':
        assert.equal(this.rooms.has(effect.room), false, 'a Room is connected once');
        this.rooms.add(effect.room);
        this.connecting.push(effect.room);
        break;
      case 'drop':
        this.rooms.delete(effect.room);
        break;
      case 'arm':
        this.timers.push({ at: this.now + effect.ms, generation: effect.generation });
        break;
    }
  }

  /** Something happens; `isKind`: the API grants, Rooms connect, nothing breaks. */
  step(isKind: boolean): boolean {
    const actions: (() => void)[] = [];
    if (this.calls.length) actions.push(() => this.answer(isKind));
    if (this.connecting.length) actions.push(() => this.settleRoom(isKind));
    if (this.timers.length) actions.push(() => this.fire());
    if (!isKind) actions.push(() => this.disturb());
    if (!actions.length) return false;
    this.pick(actions)();
    return true;
  }

  private pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)]!;
  }

  private take<T>(from: T[]): T {
    return from.splice(Math.floor(this.random() * from.length), 1)[0]!;
  }

  private answer(isKind: boolean): void {
    const generation = this.take(this.calls);
    if (isKind || this.random() < 0.6) {
      const answer = this.random() < 0.3 ? segments(this.version) : grant(this.version);
      this.dispatch({ type: 'granted', generation, grant: answer });
      return;
    }
    const [status, code] = this.pick([[503, 'media_unavailable'], [0, 'unreachable'], [403, 'forbidden'], [404, 'not_found']] as const);
    this.dispatch({ type: 'refused', generation, problem: problem(status, code) });
  }

  private settleRoom(isKind: boolean): void {
    const room = this.take(this.connecting);
    if (!this.rooms.has(room)) return;
    if (isKind || this.random() < 0.7) this.dispatch({ type: 'room_connected', room });
    else this.dispatch({ type: 'room_lost', room, reason: 'unknown' });
  }

  private fire(): void {
    const timer = this.take(this.timers);
    this.now = Math.max(this.now, timer.at);
    this.dispatch({ type: 'timer', generation: timer.generation, isReceiving: this.random() < 0.2 });
  }

  private disturb(): void {
    this.now += Math.floor(this.random() * 4000);
    const room = this.pick([...this.rooms, this.state.generation - 2]);
    this.dispatch(
      this.pick<ConnectionEvent>([
        { type: 'listen', space_id: this.pick(['space', 'other']) },
        { type: 'restore', space_id: 'space' },
        { type: 'leave' },
        { type: 'bring_here' },
        { type: 'dismiss' },
        { type: 'signal_lost', room },
        { type: 'signal_back', room },
        { type: 'sdk_reconnecting', room },
        { type: 'room_lost', room, reason: this.pick(REASONS) },
        { type: 'room_moved', version: this.random() < 0.5 ? ++this.version : this.version, spread_ms: 400 },
        { type: 'ask_again' },
        { type: 'turned_away', room },
        { type: 'space_ended' },
        { type: 'sound', isBlocked: this.random() < 0.5 },
        { type: 'offline' },
        { type: 'online' },
      ]),
    );
  }
}

/** Runs a world in which everything goes wrong for a while, then nothing any more. */
function live(seed: number, check: (world: World) => void): World {
  const random = randomFrom(seed);
  const world = new World(random);
  world.dispatch({ type: 'listen', space_id: 'space' });
  for (let steps = 0; steps < 60; steps += 1) {
    world.step(false);
    check(world);
  }
  for (let steps = 0; steps < 200 && world.step(true); steps += 1) check(world);
  return world;
}

test('in a world that has become kind, every history ends connected, final or idle', () => {
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const { state } = live(seed, () => undefined);
    assert.ok(state.phase === 'connected' || isTerminal(state) || state.phase === 'idle', `seed ${seed}: ${state.phase}`);
  }
});

test('when all has settled there is one Room where a place is held, and none where not', () => {
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    const world = live(seed, () => undefined);
    const expected = world.state.phase === 'connected' ? [world.state.room] : [];
    assert.deepEqual([...world.rooms], expected, `seed ${seed}`);
  }
});

test('at no moment are there more than the Room that plays and the one that connects', () => {
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    live(seed, ({ rooms, state }) => {
      const allowed = [state.room, ...(state.phase === 'connecting' ? [state.generation] : [])];
      for (const room of rooms) assert.ok(allowed.includes(room), `seed ${seed}: room ${room} in ${state.phase}`);
      if (!isActive(state)) assert.equal(rooms.size, 0, `seed ${seed}: ${state.phase}`);
    });
  }
});

test('whoever waits for something has asked for it: an active machine is never stuck', () => {
  for (let seed = 1; seed <= HISTORIES; seed += 1) {
    live(seed, ({ state, calls, connecting, timers }) => {
      const isAwaited = (generation: number) =>
        calls.includes(generation) || connecting.includes(generation) || timers.some((timer) => timer.generation === generation);
      if (isActive(state) && state.phase !== 'connected') assert.ok(isAwaited(state.generation), `seed ${seed}: ${state.phase}`);
    });
  }
});
