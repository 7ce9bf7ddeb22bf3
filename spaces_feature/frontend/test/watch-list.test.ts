import assert from 'node:assert/strict';
import test from 'node:test';
import { createStore, type Writable } from '../src/core/store';
import type { Snapshot } from '../src/core/types';
import { createWatchList } from '../src/live/watch-list';
import { snapshot } from './builders';

/** Copies of Spaces that the test changes, and what is said of them. */
function spaces() {
  const copies = new Map<string, Writable<Snapshot | null>>();
  const said: string[] = [];
  const list = createWatchList(
    (id) => {
      const store = createStore<Snapshot | null>(null);
      copies.set(id, store);
      said.push(`+${id}`);
      return { ...store, close: () => void said.push(`-${id}`) };
    },
    {
      found: ({ space }) => said.push(`${space.id} is ${space.state}`),
      changed: (id, now) => said.push(`${id} became ${now?.space.state ?? 'gone'}`),
    },
  );
  const tell = (id: string, version: number, fields: Partial<Snapshot['space']> | null) =>
    copies.get(id)!.set(fields && snapshot(version, { space: { id, ...fields } }));
  return { list, said, tell };
}

test('what stays in sight is watched, what is scrolled past is not', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { list, said } = spaces();
  list.keep(['a', 'b']);
  context.mock.timers.tick(200);
  list.keep(['b', 'c']);
  context.mock.timers.tick(300);
  assert.deepEqual(said, ['+b', '+c']);
  list.keep(['c', 'd']);
  context.mock.timers.tick(300);
  assert.deepEqual(said, ['+b', '+c', '-b', '+d']);
  list.keep([]);
  list.keep(['c', 'd']);
  context.mock.timers.tick(300);
  assert.deepEqual(said.slice(4), []);
});

test('no more than eight at a time are watched, the first ones', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { list, said } = spaces();
  list.keep([...'aabcdefghij']);
  context.mock.timers.tick(300);
  assert.deepEqual(said, [...'abcdefgh'].map((id) => `+${id}`));
});

test('it is told what a Space is, then what it becomes, and not of who comes and goes', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { list, said, tell } = spaces();
  list.keep(['a']);
  context.mock.timers.tick(300);
  tell('a', 1, { state: 'live' });
  tell('a', 2, { state: 'live', participant_count: 9 });
  tell('a', 3, { state: 'ended' });
  tell('a', 4, null);
  assert.deepEqual(said, ['+a', 'a is live', 'a became ended', 'a became gone']);
});
