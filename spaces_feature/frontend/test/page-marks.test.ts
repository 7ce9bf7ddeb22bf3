import assert from 'node:assert/strict';
import test from 'node:test';
import type { ListedSpace, RingState } from '../src/core/types';
import { createCardStore, type CardNews } from '../src/live/card-store';
import { createRings } from '../src/live/rings';
import { settled, snapshot } from './builders';

/** Frames that the test draws. */
function frames() {
  const waiting: (() => void)[] = [];
  return {
    frame: (action: () => void) => void waiting.push(action),
    draw: async () => {
      for (const action of waiting.splice(0)) action();
      await settled();
    },
  };
}

const listed = (id: string, state: ListedSpace['state'] = 'live'): ListedSpace => ({
  ...snapshot(1).space, id, state, people: [], reason: null, has_reminder: false,
});

function avatars(answer: Record<string, RingState>) {
  const api = {
    asked: [] as string[][],
    answer,
    avatars: async (user_ids: string[]) => (api.asked.push(user_ids), api.answer),
  };
  return api;
}

test('all avatars of one frame are one question, by hundreds', async () => {
  const { frame, draw } = frames();
  const api = avatars({ m1: 'live' });
  const rings = createRings(api, frame);
  const shown: unknown[] = [];
  for (let number = 0; number < 130; number += 1) rings.follow(`m${number}`, (ring) => ring && shown.push([number, ring]));
  rings.follow('m1', (ring) => shown.push(['again', ring]));
  assert.equal(api.asked.length, 0);
  await draw();
  assert.deepEqual(api.asked.map(({ length }) => length), [100, 30]);
  assert.deepEqual(shown, [[1, 'live'], ['again', 'live']]);
});

test('an avatar that comes later is told what is known, and one that went is not asked for', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { frame, draw } = frames();
  const api = avatars({ ada: 'unseen' });
  const rings = createRings(api, frame);
  const stop = rings.follow('tim', () => undefined);
  rings.follow('ada', () => undefined);
  await draw();
  const late: unknown[] = [];
  rings.follow('ada', (ring) => late.push(ring));
  assert.deepEqual(late, ['unseen']);
  stop();
  rings.refresh();
  rings.refresh();
  context.mock.timers.tick(300);
  api.answer = {};
  await draw();
  assert.deepEqual(api.asked, [['tim', 'ada'], ['ada']]);
  assert.deepEqual(late, ['unseen', null]);
});

test('the answer to an older question does not take a ring back', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { frame, draw } = frames();
  const open: ((rings: Record<string, RingState>) => void)[] = [];
  const rings = createRings({ avatars: () => new Promise((resolve) => open.push(resolve)) }, frame);
  const shown: unknown[] = [];
  rings.follow('ada', (ring) => shown.push(ring));
  await draw();
  rings.refresh();
  context.mock.timers.tick(300);
  await draw();
  open[1]!({ ada: 'live' });
  await settled();
  open[0]!({});
  await settled();
  assert.deepEqual(shown, ['live']);
});

test('an avatar stays without a ring when nobody answers', async () => {
  const { frame, draw } = frames();
  const rings = createRings({ avatars: () => Promise.reject(new Error('away')) }, frame);
  rings.follow('ada', () => assert.fail('nothing is known'));
  await draw();
});

interface Card {
  id: string;
  isThere: boolean;
  isSeen: boolean;
  isDrawn: boolean;
  state: string;
}

function cardsOf(found: ListedSpace[]) {
  const { frame, draw } = frames();
  const asked: string[] = [];
  const shown: [string, CardNews][] = [];
  const watched: string[] = [];
  const api = { spaces: async ({ ids }: { ids?: string }) => (asked.push(ids ?? ''), { data: found }) };
  const store = createCardStore<Card>(api, {
    frame,
    idOf: ({ id }) => id,
    isThere: ({ isThere }) => isThere,
    isInSight: ({ isSeen }) => isSeen,
    isDrawn: ({ isDrawn }) => isDrawn,
    show: ({ id }, news) => shown.push([id, news]),
    stateOf: ({ state }) => state,
    watch: (ids) => watched.push(ids.join()),
  });
  const add = (id: string, fields: Partial<Card> = {}): Card => {
    const card = { id, isThere: true, isSeen: true, isDrawn: true, state: 'live', ...fields };
    store.follow(card);
    return card;
  };
  return { store, add, draw, asked, shown, watched };
}

test('cards that a nudge names are asked for together, and the others are left alone', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { store, add, draw, asked, shown } = cardsOf([listed('a')]);
  for (const id of ['a', 'b', 'c']) add(id);
  store.news(['a', 'b', 'elsewhere'], false);
  await draw();
  assert.deepEqual(asked, ['a,b']);
  assert.deepEqual(shown.map(([id, news]) => [id, typeof news === 'string' ? news : news.state]), [['a', 'live'], ['b', 'gone']]);
});

test('cards in sight are asked for every minute, and those out of sight when they come into it', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { store, add, draw, asked } = cardsOf([]);
  add('a');
  const below = add('b', { isSeen: false });
  const left = add('c');
  left.isThere = false;
  for (let minute = 0; minute < 2; minute += 1) {
    context.mock.timers.tick(60_000);
    await draw();
  }
  assert.deepEqual(asked, ['a', 'a']);
  below.isSeen = true;
  store.look();
  await draw();
  assert.deepEqual(asked, ['a', 'a', 'b']);
});

test('a card that the server could not write is asked for at once', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { add, draw, asked } = cardsOf([]);
  add('a', { isDrawn: false });
  await draw();
  assert.deepEqual(asked, ['a']);
});

test('a Space that ended is over on its card at once, whatever an older answer says', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { store, add, draw, shown } = cardsOf([listed('a')]);
  add('a');
  store.news(['a'], false);
  store.news(['a'], true);
  assert.deepEqual(shown, [['a', 'over']]);
  await draw();
  assert.deepEqual(shown, [['a', 'over'], ['a', 'over']]);
});

test('what is in sight and not over is heard of at once, and what it says is asked about where it differs', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'Date'] });
  const { store, add, draw, asked, watched } = cardsOf([]);
  add('a');
  add('b', { state: 'scheduled' });
  add('c', { state: 'ended' });
  add('d', { isSeen: false });
  store.look();
  assert.equal(watched.at(-1), 'a,b');
  store.told('a', 'live');
  await draw();
  assert.deepEqual(asked, []);
  store.told('b', 'live');
  await draw();
  assert.deepEqual(asked, ['b']);
});
