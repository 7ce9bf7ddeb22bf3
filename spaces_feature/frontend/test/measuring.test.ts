import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { reduce } from '../src/core/connection';
import { IDLE, type ConnectionEvent, type ConnectionState } from '../src/core/connection-state';
import type { Measure } from '../src/core/measures';
import type { Snapshot } from '../src/core/types';
import { awaitSound } from '../src/room/first-sound';
import { LATE, createMeasuring } from '../src/room/measuring';
import { grant, problem, seat, settled, snapshot } from './builders';

const ADA = seat('ada', { role: 'host', is_muted: false });
const AUDIBLE = snapshot(1, { stage: [ADA] });
const SPEAKER = { ...snapshot(1).me, role: 'speaker' as const };

/** One page: the real machine, looked at, on a clock of the test's. */
class Page {
  readonly told: Measure[] = [];
  state: ConnectionState = IDLE;
  now = 1_000_000;
  readonly measuring;

  constructor(private readonly context: TestContext, copy: Snapshot = AUDIBLE) {
    context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
    this.measuring = createMeasuring((measure) => this.told.push(measure), () => copy, () => this.now);
  }

  get names(): string[] {
    return this.told.map(({ name }) => name);
  }

  does(event: ConnectionEvent): this {
    const before = this.state;
    this.state = reduce(before, event, this.now, 0.5).state;
    this.measuring.changed(this.state, before);
    return this;
  }

  tap(space_id = 'space', at = this.now): this {
    this.measuring.tapped(at, () => this.does({ type: 'listen', space_id }));
    return this;
  }

  granted(): this {
    return this.does({ type: 'granted', generation: this.state.generation, grant: grant() });
  }

  refused(status: number): this {
    return this.does({ type: 'refused', generation: this.state.generation, problem: problem(status, 'x') });
  }

  connected(): this {
    return this.granted().does({ type: 'room_connected', room: this.state.generation });
  }

  lost(reason: 'unknown' | 'removed' | 'room_deleted' = 'unknown'): this {
    return this.after(10_000).does({ type: 'room_lost', room: this.state.room!, reason });
  }

  after(ms: number): this {
    this.now += ms;
    this.context.mock.timers.tick(ms);
    return this;
  }
}

test('a join is told once as connected, and the first sound with its time since the tap', (context) => {
  const page = new Page(context).tap().after(300).connected().after(120);
  page.measuring.played();
  page.measuring.played();
  page.after(60_000);
  assert.deepEqual(page.told, [
    { name: 'connected', space_id: 'space', as: 'listener' },
    { name: 'heard', space_id: 'space', as: 'listener', seconds: 0.42 },
  ]);
});

test('what was loaded between the tap and the join counts as well', (context) => {
  const page = new Page(context);
  page.tap('space', page.now - 700).connected().after(300);
  page.measuring.played();
  assert.equal(page.told.at(-1)?.seconds, 1);
});

test('a first sound has no time while nobody has an open microphone', (context) => {
  const quiet = snapshot(1, { stage: [seat('ada', { role: 'host', is_muted: true })] });
  const page = new Page(context, quiet).tap().connected().after(42_000);
  page.measuring.played();
  assert.deepEqual(page.told.at(-1), { name: 'heard', space_id: 'space', as: 'listener' });
});

test('nor has it one where the browser wanted a tap, or where a page goes on with a place', (context) => {
  const blocked = new Page(context).tap().connected().does({ type: 'sound', isBlocked: true }).does({ type: 'sound', isBlocked: false });
  blocked.measuring.played();
  assert.equal('seconds' in blocked.told.at(-1)!, false);
  context.mock.timers.reset();
  const restored = new Page(context).does({ type: 'restore', space_id: 'space' }).connected();
  restored.measuring.played();
  assert.deepEqual(restored.told.map(({ name, seconds }) => [name, seconds]), [['connected', undefined], ['heard', undefined]]);
});

test('a join that is not connected in time has failed, whatever comes later', (context) => {
  const page = new Page(context).tap().granted().after(LATE);
  assert.deepEqual(page.told, [{ name: 'connect_failed', space_id: 'space', as: 'listener' }]);
  page.does({ type: 'room_connected', room: page.state.generation }).after(60_000);
  assert.deepEqual(page.names, ['connect_failed']);
});

test('who gives up after a try that failed was failed', (context) => {
  const page = new Page(context).tap().granted();
  page.does({ type: 'room_lost', room: page.state.generation, reason: 'unknown' }).does({ type: 'leave' }).after(60_000);
  assert.deepEqual(page.names, ['connect_failed']);
  const patient = new Page((context.mock.timers.reset(), context)).tap().does({ type: 'leave' }).after(60_000);
  assert.deepEqual(patient.names, []);
});

test('what the server refused it has counted itself, and without a network nobody is to blame', (context) => {
  for (const status of [403, 404, 409]) {
    assert.deepEqual(new Page(context).tap().refused(status).after(60_000).names, []);
    context.mock.timers.reset();
  }
  assert.deepEqual(new Page(context).tap().refused(503).after(LATE).does({ type: 'leave' }).names, []);
  context.mock.timers.reset();
  assert.deepEqual(new Page(context).does({ type: 'offline' }).tap().refused(0).after(LATE).names, []);
  context.mock.timers.reset();
  assert.deepEqual(new Page(context).tap().refused(0).after(LATE).names, ['connect_failed']);
});

test('a connection that was lost is told once it is known that it was not meant', (context) => {
  const page = new Page(context).tap().connected().lost();
  assert.deepEqual(page.names, ['connected']);
  page.connected();
  assert.deepEqual(page.told.at(-1), { name: 'dropped', space_id: 'space', as: 'listener' });
  assert.deepEqual(page.names, ['connected', 'dropped']);
});

test('neither an end, nor a move, nor being sent away, nor a page that comes back is a drop', (context) => {
  const meant: ((page: Page) => Page)[] = [
    (page) => page.lost('room_deleted').does({ type: 'space_ended' }),
    (page) => page.does({ type: 'room_moved', version: 9, spread_ms: 0 }),
    (page) => page.lost('room_deleted').does({ type: 'room_moved', version: 9, spread_ms: 0 }),
    (page) => page.lost('removed').does({ type: 'sent_away', code: 'removed' }),
    (page) => page.does({ type: 'restore', space_id: 'space' }),
    (page) => page.does({ type: 'leave' }),
  ];
  for (const happens of meant) {
    assert.deepEqual(happens(new Page(context).tap().connected()).after(60_000).names, ['connected']);
    context.mock.timers.reset();
  }
});

test('a short gap that the same Room comes back from is no drop', (context) => {
  const page = new Page(context).tap().connected();
  const room = page.state.room!;
  page.does({ type: 'signal_lost', room }).after(1000);
  page.does({ type: 'timer', generation: page.state.generation, isReceiving: false }).does({ type: 'signal_back', room });
  assert.deepEqual([page.state.phase, page.names], ['connected', ['connected']]);
});

test('who is on stage connects as a speaker, and whoever comes up later does so by their microphone', (context) => {
  const onStage = new Page(context, snapshot(1, { stage: [ADA], me: SPEAKER })).tap().connected();
  onStage.measuring.published(true);
  assert.deepEqual(onStage.told, [{ name: 'connected', space_id: 'space', as: 'speaker' }]);
  context.mock.timers.reset();
  const risen = new Page(context).tap().connected();
  risen.measuring.published(true);
  assert.deepEqual(risen.told.map(({ name, as }) => [name, as]), [['connected', 'listener'], ['connected', 'speaker']]);
});

test('a microphone that is not taken three times in a row is told once', (context) => {
  const page = new Page(context).tap().connected();
  for (const isTaken of [false, false, false, false]) page.measuring.published(isTaken);
  page.measuring.published(true);
  assert.deepEqual(page.told.slice(1), [{ name: 'connect_failed', space_id: 'space', as: 'speaker' }]);
});

test('another Space is another join', (context) => {
  const page = new Page(context).tap('a').connected().tap('b').connected();
  assert.deepEqual(page.told.map(({ name, space_id }) => [name, space_id]), [['connected', 'a'], ['connected', 'b']]);
});

test('sound is awaited until it comes out, and no longer', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  let looks = 0;
  let played = 0;
  awaitSound(async () => (looks += 1) > 2, () => (played += 1));
  for (let turn = 0; turn < 10; turn += 1) {
    context.mock.timers.tick(100);
    await settled();
  }
  assert.deepEqual([looks, played], [3, 1]);
  const stop = awaitSound(async () => true, () => (played += 1));
  stop();
  context.mock.timers.tick(1000);
  await settled();
  assert.equal(played, 1);
});

test('who waits long for a voice is looked after seldom', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  let looks = 0;
  const stop = awaitSound(async () => ((looks += 1), false), () => undefined);
  for (let turn = 0; turn < 200; turn += 1) {
    context.mock.timers.tick(100);
    await settled();
  }
  stop();
  assert.equal(looks, 120);
});
