import assert from 'node:assert/strict';
import test from 'node:test';
import { barsOf, evened, firstChoice, heardIn, lengthOf, moveEnd, moveStart, shift, waveOf } from '../src/core/selection';
import type { Profile } from '../src/core/types';

const MINUTE = 60;
const person = (user_id: string): Profile => ({ user_id, username: user_id, name: user_id, avatar_url: '', url: '' });

test('without a wish the last thirty seconds are chosen', () => {
  assert.deepEqual(firstChoice(MINUTE, MINUTE, null), { from: 30, seconds: 30 });
  assert.deepEqual(firstChoice(MINUTE, 40, null), { from: 10, seconds: 30 });
  assert.deepEqual(firstChoice(MINUTE, 5, null), { from: 0, seconds: 30 });
});

test('less than thirty seconds are chosen whole', () => {
  assert.deepEqual(firstChoice(12.3, 12.3, null), { from: 0, seconds: 12.3 });
});

test('a suggestion is chosen as it was suggested, within what is held', () => {
  assert.deepEqual(firstChoice(MINUTE, MINUTE, { from: 12, seconds: 20 }), { from: 12, seconds: 20 });
  assert.deepEqual(firstChoice(MINUTE, MINUTE, { from: 55, seconds: 20 }), { from: 40, seconds: 20 });
  assert.deepEqual(firstChoice(MINUTE, MINUTE, { from: -5, seconds: 90 }), { from: 0, seconds: 30 });
});

test('a handle moves its own end, and keeps a second between the two', () => {
  const chosen = { from: 20, seconds: 10 };
  assert.deepEqual(moveStart(chosen, 25, MINUTE), { from: 25, seconds: 5 });
  assert.deepEqual(moveEnd(chosen, 25, MINUTE), { from: 20, seconds: 5 });
  assert.deepEqual(moveStart(chosen, 40, MINUTE), { from: 29, seconds: 1 });
  assert.deepEqual(moveEnd(chosen, 3, MINUTE), { from: 20, seconds: 1 });
});

test('past thirty seconds the other end comes along, and past the window nothing goes', () => {
  assert.deepEqual(moveStart({ from: 25, seconds: 30 }, 10, MINUTE), { from: 10, seconds: 30 });
  assert.deepEqual(moveEnd({ from: 5, seconds: 30 }, 50, MINUTE), { from: 20, seconds: 30 });
  assert.deepEqual(moveEnd({ from: 40, seconds: 10 }, 99, MINUTE), { from: 40, seconds: 20 });
  assert.deepEqual(shift({ from: 40, seconds: 10 }, 30, MINUTE), { from: 50, seconds: 10 });
  assert.deepEqual(shift({ from: 4, seconds: 10 }, -30, MINUTE), { from: 0, seconds: 10 });
});

test('a tenth of a second stays a tenth', () => {
  let chosen = { from: 0, seconds: 10 };
  for (let step = 0; step < 7; step += 1) chosen = moveStart(chosen, chosen.from + 0.1, MINUTE);
  assert.deepEqual(chosen, { from: 0.7, seconds: 9.3 });
});

test('who is heard is who talks in the selection, on the clock of what is held', () => {
  const hold = {
    from_s: 100, people: [person('ada'), person('margaret'), person('tim')],
    turns: [
      { user_id: 'ada', from_s: 100, to_s: 108 },
      { user_id: 'margaret', from_s: 108, to_s: 121.6 },
      { user_id: 'ada', from_s: 130, to_s: 133 },
      { user_id: 'tim', from_s: 90, to_s: 104.05 },
      { user_id: 'gone', from_s: 100, to_s: 120 },
    ],
  };
  const names = (from: number, seconds: number) => heardIn({ from, seconds }, hold).map(({ profile, seconds: s }) => [profile.user_id, s]);
  assert.deepEqual(names(4, 20), [['margaret', 14], ['ada', 4]]);
  assert.deepEqual(names(8, 25), [['margaret', 14], ['ada', 3]]);
  assert.deepEqual(names(22, 7), []);
});

test('bars are the loudest of their part, and silence is a dot', () => {
  assert.deepEqual(barsOf([0.1, 0.9, 0, 0.2], 2), [0.9, 0.2]);
  assert.deepEqual(barsOf([0.5], 3), [0.5, 0.5, 0.5]);
  assert.deepEqual(barsOf([], 2), [0, 0]);
  assert.equal(waveOf([0, 1]), 'M0.5 47v6M1.5 7v86');
});

test('a quiet minute is drawn as tall as a loud one, and silence is not', () => {
  assert.deepEqual(evened([0.1, 0.2, 0]), [0.5, 1, 0]);
  assert.deepEqual(evened([0.5, 1]), [0.5, 1]);
  assert.deepEqual(evened([0, 0.01]), [0, 0.2]);
});

test('what is held is as long as from its beginning to its end', () => {
  assert.equal(lengthOf({ from_s: 3.25, to_s: 63.25 }), 60);
  assert.equal(lengthOf({ from_s: 5, to_s: 4 }), 0);
});
