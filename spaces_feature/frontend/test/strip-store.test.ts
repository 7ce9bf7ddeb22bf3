import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { StripEntry } from '../src/core/types';
import { createStripStore } from '../src/live/strip-store';
import { profile, settled, snapshot } from './builders';

const NOON = Date.parse('2026-01-01T12:00:00.000Z');

const live = (id: string, version = 1): StripEntry => ({
  kind: 'space',
  space: { ...snapshot(version).space, id },
  people: [],
  is_talking: false,
});

const fleet = (user_id: string, expires_at: string): StripEntry => ({
  kind: 'fleet', id: `of-${user_id}`, url: '/fleets', people: [profile(user_id)], is_seen: false, expires_at,
});

/** An API that holds every answer back until the test gives it. */
function heldBack() {
  const open: ((entries: StripEntry[]) => void)[] = [];
  return { open, strip: () => new Promise<StripEntry[]>((resolve) => open.push(resolve)) };
}

/** An API that answers at once, and counts. */
function answering(answer: () => StripEntry[] | Promise<StripEntry[]>) {
  const api = { asked: 0, strip: async () => ((api.asked += 1), answer()) };
  return api;
}

const ids = (strip: { get(): StripEntry[] }) => strip.get().map(({ space, id }) => space?.id ?? id);

function withClock(context: TestContext): void {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: NOON });
}

test('an ended Space leaves the strip at once, and no answer brings it back', async () => {
  const api = heldBack();
  const strip = createStripStore(api, () => 0);
  const first = strip.refresh();
  api.open[0]!([live('a'), live('b')]);
  await first;
  const second = strip.refresh();
  strip.event({ type: 'ended', space_id: 'a' });
  assert.deepEqual(ids(strip), ['b']);
  api.open[1]!([live('a'), live('b')]);
  await second;
  assert.deepEqual(ids(strip), ['b']);
});

test('whatever changed is asked for within the spread, once for several nudges', async (context) => {
  withClock(context);
  const api = answering(() => [live('a')]);
  const strip = createStripStore(api, () => 0.5);
  strip.event({ type: 'live', space_id: 'a', spread_ms: 100 });
  strip.event({ type: 'items', spread_ms: 100 });
  strip.event({ type: 'ended', space_id: 'b', spread_ms: 100 });
  context.mock.timers.tick(49);
  // What ended was asked about at once: before the first answer the server's own entries stand in the page.
  assert.equal(api.asked, 1);
  await settled();
  context.mock.timers.tick(1);
  await settled();
  assert.deepEqual([api.asked, ids(strip)], [2, ['a']]);
});

test('a socket that is away is made up for every 30 seconds, and a nudge that was lost after 60', async (context) => {
  withClock(context);
  let isConnected = true;
  const api = answering(() => []);
  const strip = createStripStore(api);
  const stop = strip.poll(() => isConnected);
  context.mock.timers.tick(59_999);
  assert.equal(api.asked, 0);
  context.mock.timers.tick(1);
  await settled();
  assert.equal(api.asked, 1);
  isConnected = false;
  for (const asked of [2, 3]) {
    context.mock.timers.tick(30_000);
    await settled();
    assert.equal(api.asked, asked);
  }
  stop();
  context.mock.timers.tick(120_000);
  assert.equal(api.asked, 3);
});

test('nothing is asked any more once Spaces are switched off', async (context) => {
  withClock(context);
  const api = answering(() => Promise.reject({ status: 404 }));
  const stop = createStripStore(api).poll(() => false);
  context.mock.timers.tick(30_000);
  await settled();
  context.mock.timers.tick(120_000);
  assert.equal(api.asked, 1);
  stop();
});

test('a fleet goes when it expires, by itself and to the millisecond', async (context) => {
  withClock(context);
  const strip = createStripStore(answering(() => [
    live('a'), fleet('ada', '2026-01-01T12:00:05.000Z'), fleet('alan', '2026-01-01T12:01:00.000Z'), fleet('tim', '2026-01-01T12:00:00.000Z'),
  ]));
  await strip.refresh();
  assert.deepEqual(ids(strip), ['a', 'of-ada', 'of-alan']);
  context.mock.timers.tick(4999);
  assert.deepEqual(ids(strip), ['a', 'of-ada', 'of-alan']);
  context.mock.timers.tick(1);
  assert.deepEqual(ids(strip), ['a', 'of-alan']);
  context.mock.timers.tick(55_000);
  assert.deepEqual(ids(strip), ['a']);
});

test('who talks is shown in place, without a question', async () => {
  const api = answering(() => [live('a'), live('b')]);
  const strip = createStripStore(api);
  await strip.refresh();
  const [, other] = strip.get();
  strip.event({ type: 'talking', space_id: 'a', is_talking: true });
  assert.deepEqual(strip.get().map(({ is_talking }) => is_talking), [true, false]);
  assert.equal(strip.get()[1], other);
  strip.event({ type: 'talking', space_id: 'a', is_talking: false });
  assert.deepEqual([strip.get()[0]?.is_talking, api.asked], [false, 1]);
});

test('who began to talk while an answer was under way talks in it too', async () => {
  const api = heldBack();
  const strip = createStripStore(api);
  const answered = strip.refresh();
  strip.event({ type: 'talking', space_id: 'a', is_talking: true });
  api.open[0]!([live('a')]);
  await answered;
  assert.equal(strip.get()[0]?.is_talking, true);
});

test('an answer of a process that lags behind does not turn a Space back', async () => {
  const answers = [[live('a', 5), live('b', 1)], [live('b', 2), live('a', 4)]];
  const strip = createStripStore(answering(() => answers.shift()!));
  await strip.refresh();
  await strip.refresh();
  assert.deepEqual(strip.get().map(({ space }) => [space?.id, space?.version]), [['b', 2], ['a', 5]]);
});

test('an answer that was asked for somebody else is nobody\'s', async () => {
  const api = heldBack();
  const strip = createStripStore(api);
  const theirs = strip.refresh();
  strip.clear();
  const own = strip.refresh();
  api.open[1]!([live('mine')]);
  await own;
  api.open[0]!([live('theirs')]);
  await theirs;
  assert.deepEqual(ids(strip), ['mine']);
});

test('questions that overlap become one more after the one under way', async () => {
  const api = heldBack();
  const strip = createStripStore(api);
  const first = strip.refresh();
  void strip.refresh();
  void strip.refresh();
  assert.equal(api.open.length, 1);
  api.open[0]!([live('old')]);
  await settled();
  api.open[1]!([live('new')]);
  await first;
  assert.deepEqual([api.open.length, ids(strip)], [2, ['new']]);
});

test('others hear which Spaces a nudge named, and at once of one that ended', async (context) => {
  withClock(context);
  const strip = createStripStore(answering(() => []), () => 1);
  await strip.refresh();
  const heard: unknown[] = [];
  strip.onNews((space_ids, areOver) => heard.push([space_ids, areOver]));
  strip.event({ type: 'changed', space_id: 'a', spread_ms: 100 });
  strip.event({ type: 'ended', space_id: 'b', spread_ms: 100 });
  strip.event({ type: 'talking', space_id: 'c', is_talking: true });
  assert.deepEqual(heard, [[['b'], true]]);
  context.mock.timers.tick(100);
  assert.deepEqual(heard, [[['b'], true], [['a'], false]]);
});

test('once Spaces are switched off the strip is empty, and comes back with the first answer', async () => {
  let status = 0;
  const strip = createStripStore(answering(() => (status ? Promise.reject({ status }) : [live('a')])));
  for (const refused of [401, 403, 404]) {
    status = 0;
    await strip.refresh();
    assert.deepEqual([ids(strip), strip.isOver()], [['a'], false]);
    status = refused;
    await strip.refresh();
    assert.deepEqual([ids(strip), strip.isOver(), strip.isAnswered()], [[], true, true]);
  }
  status = 0;
  await strip.refresh();
  status = 503;
  await strip.refresh();
  assert.deepEqual([ids(strip), strip.isOver()], [['a'], false]);
});

test('entries that the server wrote go too when the first question is refused', async () => {
  const strip = createStripStore(answering(() => Promise.reject({ status: 404 })));
  let told = 0;
  strip.subscribe(() => (told += 1));
  await strip.refresh();
  assert.deepEqual([strip.isAnswered(), told], [true, 1]);
});
