import assert from 'node:assert/strict';
import test from 'node:test';
import { cityOf, dayName, firstOffer, momentsOf, readStart, startName, wallAt } from '../src/core/moments';

const LISBON = 'Europe/Lisbon';
const NEW_YORK = 'America/New_York';
const KOLKATA = 'Asia/Kolkata';
const at = (iso: string) => Date.parse(iso);
const near = { today: 'Today', tomorrow: 'Tomorrow' };

const cases: [name: string, zone: string, day: string, time: string, moments: string[]][] = [
  ['a winter evening in Lisbon is that of UTC', LISBON, '2026-11-24', '19:30', ['2026-11-24T19:30:00Z']],
  ['a summer evening in Lisbon is an hour ahead', LISBON, '2026-07-24', '19:30', ['2026-07-24T18:30:00Z']],
  ['Lisbon skips an hour in March', LISBON, '2026-03-29', '01:30', []],
  ['the minute before the gap is there', LISBON, '2026-03-29', '00:59', ['2026-03-29T00:59:00Z']],
  ['the minute after the gap is there', LISBON, '2026-03-29', '02:00', ['2026-03-29T01:00:00Z']],
  ['New York skips an hour in March', NEW_YORK, '2026-03-08', '02:30', []],
  ['New York has an hour twice in November', NEW_YORK, '2026-11-01', '01:30', ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z']],
  ['the minute before that comes once', NEW_YORK, '2026-11-01', '00:59', ['2026-11-01T04:59:00Z']],
  ['Kolkata is five and a half hours ahead', KOLKATA, '2026-03-29', '02:30', ['2026-03-28T21:00:00Z']],
  ['Lord Howe skips half an hour', 'Australia/Lord_Howe', '2026-10-04', '02:15', []],
  ['Samoa skipped a whole day', 'Pacific/Apia', '2011-12-30', '12:00', []],
  ['midnight may be skipped', 'Africa/Cairo', '2026-04-24', '00:30', []],
];

for (const [name, zone, day, time, moments] of cases)
  test(name, () => {
    assert.deepEqual(momentsOf({ day, time }, zone)?.moments, moments.map(at));
  });

test('what is no day or no time means no moment', () => {
  for (const [day, time] of [['2026-02-30', '10:00'], ['12026-01-01', '10:00'], ['', '10:00'], ['2026-01-01', '25:00'], ['2026-01-01', '']] as const)
    assert.equal(momentsOf({ day, time }, LISBON), null, `${day} ${time}`);
});

test('a moment and its wall clock lead to each other', () => {
  for (const zone of [LISBON, NEW_YORK, KOLKATA, 'Pacific/Apia', 'UTC'])
    for (let moment = at('2026-01-01T00:00:00Z'); moment < at('2027-01-01T00:00:00Z'); moment += 7.5 * 3_600_000)
      assert.ok(momentsOf(wallAt(moment, zone), zone)?.moments.includes(moment), `${zone} ${new Date(moment).toISOString()}`);
});

const NOW = at('2026-03-20T12:00:00Z');
const read = (day: string, time: string, zone = LISBON, now = NOW) => readStart({ day, time }, zone, now, 30);

test('a skipped time is refused with the one to choose instead', () => {
  assert.deepEqual(read('2026-03-29', '01:30'), { kind: 'skipped', instead: { day: '2026-03-29', time: '02:30' } });
});

test('a time that comes twice is the first, and that is told', () => {
  const now = at('2026-10-20T12:00:00Z');
  assert.deepEqual(read('2026-11-01', '01:30', NEW_YORK, now), { moment: at('2026-11-01T05:30:00Z'), isFirstOfTwo: true });
});

test('between the two the second is the only one left', () => {
  const now = at('2026-11-01T06:00:00Z');
  assert.deepEqual(read('2026-11-01', '01:30', NEW_YORK, now), { moment: at('2026-11-01T06:30:00Z'), isFirstOfTwo: false });
});

test('the past, thirty days and the next century are told apart from a good time', () => {
  assert.deepEqual(read('2026-03-20', '12:01'), { moment: at('2026-03-20T12:01:00Z'), isFirstOfTwo: false });
  assert.deepEqual(read('2026-03-20', '12:00'), { kind: 'past' });
  assert.deepEqual(read('0026-03-20', '12:00'), { kind: 'past' });
  assert.deepEqual(read('2026-04-19', '13:00'), { moment: at('2026-04-19T12:00:00Z'), isFirstOfTwo: false });
  const last = { day: '2026-04-19', time: '13:00' };
  assert.deepEqual(read('2026-04-19', '13:01'), { kind: 'too_far', last });
  assert.deepEqual(read('2126-03-20', '12:00'), { kind: 'too_far', last });
});

test('a missing day is asked for before a missing time', () => {
  assert.deepEqual(read('', ''), { kind: 'no_day' });
  assert.deepEqual(read('2026-03-21', ''), { kind: 'no_time' });
});

test('a start is named by the day as the reader has it', () => {
  const evening = at('2026-11-24T23:30:00Z');
  assert.equal(startName(evening, LISBON, at('2026-11-24T08:00:00Z'), near), 'Today 23:30');
  assert.equal(startName(evening, LISBON, at('2026-11-23T08:00:00Z'), near), 'Tomorrow 23:30');
  assert.equal(startName(evening, LISBON, at('2026-11-20T08:00:00Z'), near), 'Tue 24 November, 23:30');
  assert.equal(startName(evening, KOLKATA, at('2026-11-20T08:00:00Z'), near), 'Wed 25 November, 05:00');
});

test('days and zones have short names', () => {
  assert.equal(dayName('2026-11-24'), 'Tue 24 November');
  assert.equal(cityOf('America/Argentina/Buenos_Aires'), 'Buenos Aires');
  assert.equal(cityOf('UTC'), 'UTC');
});

test('the first offer is a full hour that leaves an hour to tell people', () => {
  assert.deepEqual(firstOffer(at('2026-11-24T18:20:00Z'), LISBON), { day: '2026-11-24', time: '20:00' });
  assert.deepEqual(firstOffer(at('2026-11-24T22:30:00Z'), LISBON), { day: '2026-11-25', time: '00:00' });
});
