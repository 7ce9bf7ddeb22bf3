import assert from 'node:assert/strict';
import test from 'node:test';
import type { JoinGrant } from '../src/core/api';
import { createDriver, type Driver } from '../src/room/driver';
import { createHints, type Hint } from '../src/room/hints';
import type { Transport, TransportListeners } from '../src/room/transport';
import { grant, problem, settled } from './builders';

interface Room {
  listeners: TransportListeners;
  isConnected: boolean;
  isDropped: boolean;
  soundStarts: number;
}

/** A driver whose API answers as the test says, on Rooms that only note what is done to them. */
function driven(join: () => Promise<JoinGrant>): { driver: Driver; rooms: Room[]; left: string[] } {
  const rooms: Room[] = [];
  const left: string[] = [];
  const nothing = () => undefined;
  const driver = createDriver({
    api: { join, leave: async (space_id) => void left.push(space_id), heartbeat: async () => undefined },
    openTransport(listeners) {
      const room: Room = { listeners, isConnected: false, isDropped: false, soundStarts: 0 };
      rooms.push(room);
      return {
        canPublish: false,
        connect: async () => void (room.isConnected = true),
        drop: async () => void (room.isDropped = true),
        startAudio: async () => void (room.soundStarts += 1),
        packets: async () => 0,
        amplitudes: async () => new Map(),
        setVolume: nothing,
        setOutput: async () => undefined,
        publish: async () => undefined,
        setOpen: async () => undefined,
      } satisfies Transport;
    },
    sound: { talking: nothing, quality: nothing, rights: nothing, played: nothing },
    prepare: nothing,
    granted: nothing,
    saveIntent: nothing,
    clearIntent: nothing,
    refresh: nothing,
    changed: nothing,
  });
  return { driver, rooms, left };
}

test('the Room that the tap has touched is the one that connects', async () => {
  const { driver, rooms } = driven(async () => grant());
  driver.dispatch({ type: 'listen', space_id: 'space' });
  assert.equal(rooms[0]!.soundStarts, 1);
  await settled();
  assert.deepEqual([driver.state.phase, rooms.length, rooms[0]!.isConnected], ['connected', 1, true]);
  driver.suspend();
});

test('a grant that arrives after the member left is given back', async () => {
  let letIn: (grant: JoinGrant) => void = () => undefined;
  const { driver, rooms, left } = driven(() => new Promise((resolve) => (letIn = resolve)));
  driver.dispatch({ type: 'listen', space_id: 'space' });
  driver.dispatch({ type: 'leave' });
  letIn(grant());
  await settled();
  assert.deepEqual([driver.state.phase, left, rooms[0]!.isConnected], ['idle', ['space', 'space'], false]);
});

test('a moved Space gets a new Room, and the old one is dropped once that is connected', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let version = 1;
  const { driver, rooms } = driven(async () => grant(version));
  driver.dispatch({ type: 'listen', space_id: 'space' });
  await settled();
  version = 5;
  driver.dispatch({ type: 'room_moved', version, spread_ms: 0 });
  assert.equal(rooms[0]!.isDropped, false);
  context.mock.timers.tick(0);
  await settled();
  assert.deepEqual(rooms.map(({ isConnected, isDropped }) => [isConnected, isDropped]), [[true, true], [true, false]]);
  driver.suspend();
});

test('a refusal reaches the machine as the problem that it is', async () => {
  const { driver } = driven(() => Promise.reject(problem(403, 'forbidden')));
  driver.dispatch({ type: 'listen', space_id: 'space' });
  await settled();
  assert.deepEqual([driver.state.phase, driver.state.problem?.code], ['failed', 'forbidden']);
});

test('an older Room is no longer listened to', async () => {
  const { driver, rooms } = driven(async () => grant());
  driver.dispatch({ type: 'listen', space_id: 'space' });
  await settled();
  const first = rooms[0]!;
  driver.dispatch({ type: 'restore', space_id: 'space' });
  await settled();
  first.listeners.lost('duplicate');
  first.listeners.sound(true);
  assert.deepEqual([driver.state.phase, driver.state.isSoundBlocked], ['connected', false]);
  driver.suspend();
});

test('hints about the microphone go out twice a second at most, the last word always', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const sent: Hint[] = [];
  const hints = createHints(async (hint) => void sent.push(hint));
  const hint = (is_open: boolean, is_talking = false): Hint => ({ is_open, is_talking });
  hints.set(hint(false));
  for (const open of [true, false, true]) hints.set(hint(open));
  assert.deepEqual(sent, [hint(false)]);
  context.mock.timers.tick(500);
  assert.deepEqual(sent, [hint(false), hint(true)]);
  context.mock.timers.tick(500);
  hints.set(hint(true));
  assert.equal(sent.length, 2);
  hints.set(null);
  hints.set(hint(true));
  context.mock.timers.tick(500);
  assert.equal(sent.length, 3);
});
