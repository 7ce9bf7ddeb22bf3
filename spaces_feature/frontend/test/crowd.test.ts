import assert from 'node:assert/strict';
import test from 'node:test';
import type { Participant } from '../src/core/calls';
import { Crowd, isFoundBy } from '../src/elements/room/crowd';
import { problem, profile, settled } from './builders';

const row = (user_id: string): Participant => ({ user_id, role: 'listener', joined_at: '2026-01-01T00:00:00.000Z', profile: profile(user_id) });

/** A room that is read two people at a time, the cursor being the last one read. */
function roomOf(people: string[]) {
  const room = { people, asked: [] as (string | undefined)[], failure: null as Error | null };
  const crowd = new Crowd(
    async (cursor) => {
      room.asked.push(cursor);
      if (room.failure) throw room.failure;
      const rest = room.people.filter((one) => cursor === undefined || one > cursor);
      const data = rest.slice(0, 2).map(row);
      return { data, next_cursor: rest.length > 2 ? (data[1]?.user_id ?? null) : null };
    },
    () => undefined,
    () => problem(0, 'unreachable'),
  );
  return { room, crowd, ids: () => crowd.rows.map(({ user_id }) => user_id) };
}

test('pages come one after the other until all are there', async () => {
  const { room, crowd, ids } = roomOf(['a', 'b', 'c']);
  await crowd.more();
  assert.deepEqual(ids(), ['a', 'b']);
  assert.ok(!crowd.isComplete);
  await crowd.more();
  assert.deepEqual(ids(), ['a', 'b', 'c']);
  assert.ok(crowd.isComplete);
  await crowd.more();
  assert.deepEqual(room.asked, [undefined, 'b']);
});

test('two who ask at once are one question', async () => {
  const { room, crowd } = roomOf(['a']);
  await Promise.all([crowd.more(), crowd.more()]);
  assert.equal(room.asked.length, 1);
});

test('who came and who went show after the next look', async () => {
  const { room, crowd, ids } = roomOf(['a', 'b', 'c']);
  await crowd.more();
  await crowd.more();
  room.people = ['b', 'c', 'd'];
  await crowd.refresh();
  assert.deepEqual(ids(), ['b', 'c', 'd']);
});

test('a room that grows past its last page has more to show', async () => {
  const { room, crowd, ids } = roomOf(['a']);
  await crowd.more();
  room.people = ['a', 'b', 'c'];
  await crowd.refresh();
  assert.ok(!crowd.isComplete);
  await crowd.more();
  assert.deepEqual(ids(), ['a', 'b', 'c']);
});

test('a change of the number leads to one look after a while, the same number to none', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, crowd } = roomOf(['a']);
  crowd.heard(1);
  await crowd.more();
  crowd.heard(1);
  t.mock.timers.tick(10_000);
  await settled();
  assert.equal(room.asked.length, 1);
  for (const count of [2, 3, 4]) crowd.heard(count);
  t.mock.timers.tick(10_000);
  await settled();
  assert.equal(room.asked.length, 2);
});

test('a page that did not come is told, keeps the others and can be asked for again', async () => {
  const { room, crowd, ids } = roomOf(['a', 'b', 'c']);
  await crowd.more();
  room.failure = new Error('away');
  await crowd.more();
  assert.equal(crowd.problem?.code, 'unreachable');
  assert.deepEqual(ids(), ['a', 'b']);
  room.failure = null;
  await crowd.more();
  assert.equal(crowd.problem, null);
  assert.deepEqual(ids(), ['a', 'b', 'c']);
});

test('people are found by the beginning of a name or handle, whatever the accents', () => {
  const jose = { ...profile('jo'), name: 'José Ángel Núñez', username: 'pepe' };
  for (const query of ['', '  ', 'jose', 'JOSÉ', 'nun', 'ángel', '@pep', 'pepe', 'José Án']) assert.ok(isFoundBy(jose, query), query);
  for (const query of ['ose', '@jose', 'epe', 'x']) assert.ok(!isFoundBy(jose, query), query);
});
