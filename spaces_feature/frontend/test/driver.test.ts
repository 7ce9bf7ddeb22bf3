import assert from 'node:assert/strict';
import test from 'node:test';
import type { JoinGrant, Tier } from '../src/core/api';
import { createDriver, type Driver } from '../src/room/driver';
import { createHints, type Hint } from '../src/room/hints';
import type { Transport, TransportListeners } from '../src/room/transport';
import { grant, onStage, problem, segments, settled } from './builders';

interface Room {
  tier: Tier;
  listeners: TransportListeners;
  isConnected: boolean;
  isDropped: boolean;
  /** Whether it was dropped because its Space is over. */
  isOver: boolean;
  soundStarts: number;
  /** Its address, then the fresh ones. */
  urls: string[];
}

/** A driver whose API answers as the test says, on Rooms that only note what is done to them. */
function driven(join: () => Promise<JoinGrant>): { driver: Driver; rooms: Room[]; left: string[]; heard: string[][] } {
  const rooms: Room[] = [];
  const left: string[] = [];
  const heard: string[][] = [];
  const nothing = () => undefined;
  const open = (tier: Tier) => (listeners: TransportListeners): Transport => {
    const room: Room = { tier, listeners, isConnected: false, isDropped: false, isOver: false, soundStarts: 0, urls: [] };
    rooms.push(room);
    return {
      canPublish: false,
      async connect(url) {
        room.isConnected = true;
        room.urls.push(url);
      },
      renew: (url) => void room.urls.push(url),
      async drop(isOver = false) {
        room.isOver = isOver;
        room.isDropped = !isOver;
      },
      startAudio: async () => void (room.soundStarts += 1),
      packets: async () => 0,
      amplitudes: async () => new Map(),
      setVolume: nothing,
      setOutput: async () => undefined,
      publish: async () => undefined,
      setOpen: async () => undefined,
    };
  };
  const driver = createDriver({
    api: { join, leave: async (space_id) => void left.push(space_id), heartbeat: async () => undefined },
    transports: { rtc: open('rtc'), hls: open('hls') },
    sound: { talking: (who) => void heard.push(who), quality: nothing, late: nothing, rights: nothing, played: nothing },
    prepare: nothing,
    granted: nothing,
    saveIntent: nothing,
    clearIntent: nothing,
    refresh: nothing,
    changed: nothing,
  });
  return { driver, rooms, left, heard };
}

test('what the tap has touched is what connects, whichever way the member is to hear', async () => {
  for (const [answer, place] of [[grant(), 0], [segments(), 1]] as const) {
    const { driver, rooms } = driven(async () => answer);
    driver.dispatch({ type: 'listen', space_id: 'space' });
    assert.deepEqual(rooms.map(({ tier, soundStarts }) => [tier, soundStarts]), [['rtc', 1], ['hls', 1]]);
    await settled();
    assert.deepEqual([driver.state.phase, rooms.length, rooms[place]!.urls], ['connected', 2, [answer.url]]);
    assert.equal(rooms[1 - place]!.isConnected, false);
    driver.suspend();
  }
});

/** Somebody who hears segments and is brought on stage. */
async function broughtUp() {
  let answer: JoinGrant = segments();
  const all = driven(async () => answer);
  all.driver.dispatch({ type: 'listen', space_id: 'space' });
  await settled();
  answer = onStage(grant(2));
  all.driver.dispatch({ type: 'ask_again' });
  await settled();
  const [stage, tail] = all.rooms;
  return { ...all, stage: stage!, tail: tail! };
}

test('who comes up hears segments until somebody on stage is heard', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { driver, stage, tail } = await broughtUp();
  assert.deepEqual([stage.isConnected, tail.isDropped], [true, false]);
  stage.listeners.played();
  await settled();
  assert.deepEqual([driver.state.tier, driver.state.phase, tail.isDropped], ['rtc', 'connected', true]);
  driver.suspend();
});

test('on a stage where nobody talks segments stop after a second', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { driver, tail } = await broughtUp();
  context.mock.timers.tick(1000);
  await settled();
  assert.deepEqual([driver.state.tier, tail.isDropped], ['rtc', true]);
  driver.suspend();
});

test('who talks is what the Room says that plays, from the moment it does', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { driver, stage, tail, heard } = await broughtUp();
  tail.listeners.talking(['sfu-ada']);
  stage.listeners.played();
  await settled();
  assert.deepEqual(heard.at(-1), [], 'the stage has named nobody');
  tail.listeners.talking(['sfu-ada']);
  assert.deepEqual(heard.at(-1), []);
  driver.suspend();
});

test('a refused address is answered with a fresh one, at which the same sound goes on', async () => {
  let version = 1;
  const { driver, rooms } = driven(async () => segments(version));
  driver.dispatch({ type: 'listen', space_id: 'space' });
  await settled();
  version = 2;
  rooms[1]!.listeners.turnedAway();
  await settled();
  assert.deepEqual([rooms[1]!.urls, rooms[1]!.isDropped], [[segments(1).url, segments(2).url], false]);
  driver.suspend();
});

test('a Space that is over is heard to its end, until another one is entered', async () => {
  const { driver, rooms } = driven(async () => segments());
  driver.dispatch({ type: 'listen', space_id: 'space' });
  await settled();
  driver.dispatch({ type: 'space_ended' });
  assert.deepEqual([driver.state.phase, rooms.map(({ isOver, isDropped }) => [isOver, isDropped])], ['ended', [[false, false], [true, false]]]);
  driver.dispatch({ type: 'listen', space_id: 'other' });
  assert.equal(rooms[1]!.isDropped, true);
  await settled();
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
  const atSfu = rooms.filter(({ tier }) => tier === 'rtc');
  assert.deepEqual(atSfu.map(({ isConnected, isDropped }) => [isConnected, isDropped]), [[true, true], [true, false]]);
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
