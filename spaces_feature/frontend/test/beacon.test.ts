import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Measure } from '../src/core/measures';
import { createBeacon } from '../src/live/beacon';
import { createDwell } from '../src/live/dwell';
import { settled } from './builders';

const withClock = (context: TestContext) => context.mock.timers.enable({ apis: ['setTimeout'] });
const opened = (space_id: string): Measure => ({ name: 'opened', space_id });

/** A beacon whose calls are kept, for whoever `who` is now. */
function beaconOf(who = { is: 'ada' }, answer: () => Promise<unknown> = async () => undefined) {
  const calls: Measure[][] = [];
  const beacon = createBeacon((measures) => (calls.push(measures), answer()), () => who.is);
  return { beacon, calls, who };
}

test('measures are gathered for five seconds and sent in one call', (context) => {
  withClock(context);
  const { beacon, calls } = beaconOf();
  beacon.note(opened('a'));
  context.mock.timers.tick(4999);
  beacon.note(opened('b'));
  assert.deepEqual(calls, []);
  context.mock.timers.tick(1);
  assert.deepEqual(calls, [[opened('a'), opened('b')]]);
  context.mock.timers.tick(60_000);
  assert.equal(calls.length, 1);
});

test('a page that goes away sends at once what it has, and nothing when it has nothing', (context) => {
  withClock(context);
  const { beacon, calls } = beaconOf();
  beacon.flush();
  beacon.note(opened('a'));
  beacon.flush();
  context.mock.timers.tick(60_000);
  assert.deepEqual(calls, [[opened('a')]]);
});

test('one call holds twenty, and what waits is bounded', (context) => {
  withClock(context);
  const { beacon, calls } = beaconOf();
  for (let count = 0; count < 100; count += 1) beacon.note(opened(`${count}`));
  beacon.flush();
  assert.deepEqual(calls.map((call) => call.length), [20, 20]);
  assert.equal(calls[1]!.at(-1)!.space_id, '99');
});

test('somebody without a place sends nothing until they have one', (context) => {
  withClock(context);
  const { beacon, calls, who } = beaconOf({ is: '' });
  beacon.note(opened('a'));
  context.mock.timers.tick(5000);
  assert.deepEqual(calls, []);
  who.is = 'guest:1';
  beacon.note({ name: 'connected', as: 'listener' });
  context.mock.timers.tick(5000);
  assert.deepEqual(calls.flat().map(({ name }) => name), ['opened', 'connected']);
});

test('what was noted for one member is never sent for the next', (context) => {
  withClock(context);
  const { beacon, calls, who } = beaconOf();
  beacon.note(opened('a'));
  who.is = 'grace';
  beacon.note(opened('b'));
  context.mock.timers.tick(5000);
  assert.deepEqual(calls, [[opened('b')]]);
});

test('a call that fails is lost, and nobody notices', async (context) => {
  withClock(context);
  const { beacon, calls } = beaconOf({ is: 'ada' }, () => Promise.reject(new Error('away')));
  beacon.note(opened('a'));
  beacon.flush();
  await settled();
  beacon.note(opened('b'));
  beacon.flush();
  await settled();
  assert.deepEqual(calls, [[opened('a')], [opened('b')]]);
});

test('something is seen once it stayed in sight for the whole while', (context) => {
  withClock(context);
  let seen = 0;
  const look = createDwell(1000, () => (seen += 1));
  look(true);
  context.mock.timers.tick(999);
  look(false);
  look(true);
  context.mock.timers.tick(999);
  look(true);
  assert.equal(seen, 0);
  context.mock.timers.tick(1);
  look(true);
  context.mock.timers.tick(5000);
  assert.equal(seen, 1);
});
