import assert from 'node:assert/strict';
import test from 'node:test';
import { hostWords as words } from '../src/core/host-words';
import { ago, isAhead, remaining } from '../src/elements/ago';
import { chipsOf } from '../src/elements/host/host-chips';

const NOW = Date.parse('2026-03-15T12:00:00.000Z');
const before = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const HOUR = 3600;
const DAY = 24 * HOUR;

const relation = (follows_host: boolean, is_followed_by_host: boolean, mutuals = 0) => ({ follows_host, is_followed_by_host, mutuals });
const texts = (request: Parameters<typeof chipsOf>[0], viewer: Parameters<typeof chipsOf>[1]) =>
  chipsOf(request, viewer, 'Ada', words, NOW).map(({ text }) => text);

test('the host reads about themselves', () => {
  assert.deepEqual(texts({ relation: relation(true, true, 6) }, 'host'), ['You follow each other', '6 mutuals']);
  assert.deepEqual(texts({ relation: relation(true, false, 1) }, 'host'), ['Follows you', '1 mutual']);
  assert.deepEqual(texts({ relation: relation(false, true) }, 'host'), ['You follow', 'No mutuals']);
  assert.deepEqual(texts({ relation: relation(false, false) }, 'host'), ['No mutuals']);
});

test('everybody else reads about the host by name', () => {
  assert.deepEqual(texts({ relation: relation(true, true, 2) }, 'cohost'), ['Follows Ada', 'Ada follows back', '2 mutuals']);
  assert.deepEqual(texts({ relation: relation(true, false, 2) }, 'speaker'), ['Follows Ada', '2 mutuals']);
  assert.deepEqual(texts({ relation: relation(false, true, 2) }, 'cohost'), ['Ada follows', '2 mutuals']);
});

test('an earlier removal comes first and warns', () => {
  const request = { relation: relation(false, false), removed_at: before(15 * DAY) };
  assert.deepEqual(chipsOf(request, 'host', 'Ada', words, NOW)[0], { text: 'Removed by you, 2 weeks ago', tone: 'warn' });
  assert.deepEqual(texts(request, 'cohost'), ['Removed by Ada, 2 weeks ago', 'No mutuals']);
});

test('a server that tells nothing about them yields no chips', () => {
  assert.deepEqual(texts({}, 'host'), []);
});

test('times are told by distance', () => {
  const cases: [seconds: number, said: string][] = [
    [-30, 'just now'],
    [59, 'just now'],
    [60, '1 min ago'],
    [59 * 60 + 59, '59 min ago'],
    [HOUR, '1 h ago'],
    [23 * HOUR + 1800, '23 h ago'],
    [DAY, 'yesterday'],
    [6 * DAY, '6 days ago'],
    [7 * DAY, 'last week'],
    [15 * DAY, '2 weeks ago'],
    [65 * DAY, '2 months ago'],
    [800 * DAY, '2 years ago'],
  ];
  for (const [seconds, said] of cases) assert.equal(ago(before(seconds), words, NOW), said, `${seconds} s`);
  assert.equal(ago('nonsense', words, NOW), 'just now');
});

test('what remains is told in whole minutes and is never nothing', () => {
  assert.equal(remaining(before(-20 * 60), NOW), '20 min');
  assert.equal(remaining(before(-20 * 60 + 1), NOW), '20 min');
  assert.equal(remaining(before(-61), NOW), '2 min');
  assert.equal(remaining(before(5), NOW), '1 min');
  assert.ok(isAhead(before(-1), NOW) && !isAhead(before(0), NOW) && !isAhead(null, NOW));
});
