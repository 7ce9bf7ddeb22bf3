import assert from 'node:assert/strict';
import test from 'node:test';
import { EMPTY_DRAFT, openPart, type Draft } from '../src/core/draft';
import { isOpen, mayPlan } from '../src/core/flags';
import { IDLE_SESSION } from '../src/core/idle-session';
import type { SessionState } from '../src/core/types';
import { words } from '../src/core/words';
import { modeField, optionFields } from '../src/elements/create/create-fields';
import { wayIn } from '../src/elements/place/join-way';
import { NOTHING_SEEN, placeOf } from '../src/elements/place/place';
import { problem, snapshot } from './builders';
import { drawn, page } from './drawn';

const HOST = ['spaces.host', 'spaces.schedule', 'spaces.anonymous', 'spaces.guests'];
const without = (key: string) => HOST.filter((one) => one !== key);
const typed: Draft = { ...EMPTY_DRAFT, mode: 'later', allows_anonymous: true, allows_guests: true };
const ignore = () => undefined;

test('a flag that the page was not told of opens nothing', () => {
  assert.equal(isOpen({ flags: {} }, 'spaces.host'), false);
  assert.equal(isOpen({ flags: { 'spaces.host': 1 } }, 'spaces.host'), false);
  assert.equal(isOpen({ flags: { 'spaces.host': true } }, 'spaces.host'), true);
});

test('planning is offered to who may host and plan, and to nobody else', () => {
  assert.equal(mayPlan(page(...HOST)), true);
  assert.match(drawn(modeField('now', ignore)), /Schedule/);
  for (const key of ['spaces.host', 'spaces.schedule']) {
    assert.equal(mayPlan(page(...without(key))), false);
    assert.equal(drawn(modeField('now', ignore)), '');
  }
});

test('anonymous listeners and guests are offered where their flag is on', () => {
  page(...HOST);
  const all = drawn(optionFields(typed, ignore));
  assert.ok(all.includes(words.allowUnlisted) && all.includes(words.plan.guests));
  page(...without('spaces.anonymous'));
  assert.ok(!drawn(optionFields(typed, ignore)).includes(words.allowUnlisted));
  page(...without('spaces.guests'));
  assert.ok(!drawn(optionFields(typed, ignore)).includes(words.plan.guests));
});

test('what was chosen before a flag went off is not sent, and the sheet opens on what is left', () => {
  assert.deepEqual(openPart(typed, null, page(...HOST)), typed);
  assert.equal(openPart(EMPTY_DRAFT, 'later', page(...HOST)).mode, 'later');
  assert.equal(openPart(EMPTY_DRAFT, 'later', page(...without('spaces.schedule'))).mode, 'now');
  assert.equal(openPart(typed, null, page(...without('spaces.anonymous'))).allows_anonymous, false);
  assert.equal(openPart(typed, null, page(...without('spaces.guests'))).allows_guests, false);
});

test('nobody is shown a way to ask who may not speak', () => {
  const state: SessionState = { ...IDLE_SESSION, space_id: 'space', connection: { kind: 'connected' }, snapshot: snapshot(1) };
  const actions = (speaks: boolean, session = state) =>
    placeOf(session, NOTHING_SEEN, words, { app: 'Plaza', now: 0, speaks })?.actions.map(({ name }) => name);
  assert.deepEqual([actions(true), actions(false)], [['ask'], []]);
  assert.deepEqual(actions(false, { ...state, snapshot: snapshot(1, { space: { speak: 'invited' } }) }), []);
});

test('the dialog of a live Space has no way in for whom listening is not open, and says why when it is shut', () => {
  const [open, closed] = [{ flags: { 'spaces.listen': true } }, { flags: { 'spaces.listen': false } }];
  const ended = snapshot(1, { space: { state: 'ended' } });
  assert.deepEqual([wayIn(snapshot(1), null, open), wayIn(snapshot(1), null, closed)], ['listen', 'not_open']);
  assert.deepEqual([wayIn(ended, null, open), wayIn(ended, null, closed)], ['closed', 'closed']);
  for (const code of ['switched_off', 'not_open_yet']) assert.equal(wayIn(snapshot(1), problem(403, code), open), 'closed');
  assert.equal(wayIn(snapshot(1), problem(403, 'anonymous_not_allowed'), open), 'listen');
  assert.equal(wayIn(null, problem(503, 'x'), open), 'try_again');
});
