import assert from 'node:assert/strict';
import test from 'node:test';
import { createGoingOn } from '../src/replay/going-on';
import { PLAIN, createPlaces, keepWay, readWay } from '../src/replay/places';

function kept(): Storage & { texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  } as never;
}

const forbidden = (): Storage => {
  throw new DOMException('', 'SecurityError');
};

test('a place is remembered for one member and one Space', () => {
  const storage = kept();
  let member = 'grace';
  const places = createPlaces(() => storage, () => member);
  places.set('space', 760, 1000);
  assert.equal(places.get('space'), 760);
  assert.equal(places.get('other'), null);
  member = 'tim';
  assert.equal(places.get('space'), null);
});

test('what has hardly begun, and what is heard to its end, begins at the beginning', () => {
  const storage = kept();
  const places = createPlaces(() => storage, () => 'grace');
  places.set('space', 760, 1000);
  places.set('space', 12, 1000);
  assert.equal(places.get('space'), null);
  places.set('space', 760, 1000);
  places.set('space', 1750, 10);
  assert.equal(places.get('space'), null);
});

test('only the newest places are kept', () => {
  const storage = kept();
  let now = 0;
  const places = createPlaces(() => storage, () => 'grace', () => (now += 1));
  for (let count = 0; count < 100; count += 1) places.set(`space${count}`, 100, 100);
  assert.equal(places.get('space99'), 100);
  assert.equal(places.get('space40'), 100);
  assert.equal(places.get('space39'), null);
});

test('what lies broken in the browser counts as nothing, and is written over', () => {
  const storage = kept();
  storage.texts.set('spaces.replays', '{');
  storage.texts.set('spaces.replay-way', '{"rate": 300, "skips_silence": "yes"}');
  const places = createPlaces(() => storage, () => 'grace');
  assert.equal(places.get('space'), null);
  places.set('space', 100, 100);
  assert.equal(places.get('space'), 100);
  assert.deepEqual(readWay(() => storage), PLAIN);
});

test('a browser that keeps nothing means no place, no way, and no error', () => {
  const places = createPlaces(forbidden, () => 'grace');
  places.set('space', 100, 100);
  assert.equal(places.get('space'), null);
  keepWay(forbidden, { rate: 2, skips_silence: true });
  assert.deepEqual(readWay(forbidden), PLAIN);
  const goingOn = createGoingOn(forbidden);
  goingOn.save({ space_id: 'space', user_id: 'grace', at_s: 1, is_playing: true });
  goingOn.clear();
  assert.equal(goingOn.fresh('grace'), null);
});

test('how one likes to hear is the same for every replay', () => {
  const storage = kept();
  keepWay(() => storage, { rate: 1.5, skips_silence: true });
  assert.deepEqual(readWay(() => storage), { rate: 1.5, skips_silence: true });
});

test('the next page goes on for thirty seconds, and only for the same member', () => {
  const storage = kept();
  let now = 1000;
  const goingOn = createGoingOn(() => storage, () => now);
  const state = { space_id: 'space', user_id: 'grace', at_s: 760.5, is_playing: true };
  goingOn.save(state);
  now += 29_999;
  assert.deepEqual(goingOn.fresh('grace'), state);
  assert.equal(goingOn.fresh('tim'), null);
  assert.equal(goingOn.fresh(''), null);
  now += 1;
  assert.equal(goingOn.fresh('grace'), null);
});
