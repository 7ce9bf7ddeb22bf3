import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayAndTime } from '../src/elements/directory-times';

test("a moment is told by the reader's own calendar and clock, on whichever day it falls there", () => {
  const moment = '2026-11-24T23:30:00.000Z';
  assert.deepEqual(dayAndTime(moment, 'UTC'), { weekday: 'Tue', day: '24', month: 'Nov', date: 'Tuesday 24 November', time: '23:30' });
  assert.deepEqual(dayAndTime(moment, 'Europe/Berlin'), { weekday: 'Wed', day: '25', month: 'Nov', date: 'Wednesday 25 November', time: '00:30' });
  assert.equal(dayAndTime(moment, 'America/Los_Angeles')?.day, '24');
});

test('what is no moment leaves the page as the server wrote it', () => {
  assert.equal(dayAndTime(''), null);
  assert.equal(dayAndTime('soon'), null);
});
