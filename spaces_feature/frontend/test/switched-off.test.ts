import './window';
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { IDLE } from '../src/core/connection-state';
import { IDLE_SESSION } from '../src/core/idle-session';
import { removalOf } from '../src/core/problems';
import type { RemovalCode, Session, SessionState, Snapshot, SpaceEvent } from '../src/core/types';
import { words } from '../src/core/words';
import { barActions, needsWords } from '../src/elements/room/bar-actions';
import { endedCard } from '../src/elements/cards';
import { mayReadNumbers } from '../src/elements/host/host-rules';
import { NOTHING_SEEN, placeOf } from '../src/elements/place/place';
import { removedCard } from '../src/elements/host/removed-card';
import { createCommands } from '../src/room/commands';
import { listenToNews } from '../src/room/news';
import { event, problem, snapshot } from './builders';
import { drawn, page } from './drawn';

const LISTENER = snapshot(1).me;
const state = (copy: Snapshot, fields: Partial<SessionState> = {}): SessionState =>
  ({ ...IDLE_SESSION, space_id: 'space', title: 'Why', connection: { kind: 'connected' }, snapshot: copy, ...fields });
const place = (session: SessionState) => placeOf(session, NOTHING_SEEN, words, { app: 'Plaza', now: 0 })!;
const over = (fields: object = {}) =>
  state(snapshot(1, { space: { state: 'ended', end_reason: 'switched_off', ...fields } }), { connection: { kind: 'ended' } });

/** What the socket says goes in, what the page then knows comes out. */
function heard(context: TestContext, copy: Snapshot, isAnonymous = false) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let now = state(copy);
  let listener: (event: SpaceEvent) => void = () => undefined;
  const sent: unknown[] = [];
  const news = listenToNews(
    { onEvent: (given) => ((listener = given), () => undefined) },
    { state: { ...IDLE, space_id: 'space', phase: 'connected' }, dispatch: (one) => sent.push(one) },
    () => now,
    (fields) => (now = { ...now, ...fields }),
    () => isAnonymous,
  );
  return { news, sent, says: (one: SpaceEvent) => listener(one), get: () => now };
}

const SPEAKING_OFF = 'Speaking is switched off for now. You can keep listening.';
const switchedOff = event(2, 1, { code: 'switched_off' }, 'moved');

test('a Space that was switched off says so, and that it is nobody here', () => {
  assert.equal(place(over()).line, 'Spaces are switched off for now. Nothing you did.');
  assert.equal(place(over()).says, 'This Space has ended. Spaces are switched off for now. Nothing you did.');
});

test('whoever listened when listening was switched off is told so, and of no removal', () => {
  assert.equal(removalOf({ code: 'switched_off' }), 'switched_off');
  const away = place({ ...IDLE_SESSION, space_id: 'space', connection: { kind: 'removed', code: 'switched_off' } });
  assert.deepEqual([away.title, away.line], ['Listening is switched off for now', 'Nothing you did. Try again later']);
  assert.equal(away.says, 'Listening is switched off for now. Nothing you did. Try again later.');
  page();
  const card = drawn(removedCard('switched_off', () => undefined));
  assert.ok(card.includes('Listening is switched off for now.') && card.includes('Nothing you did. Try again later.'));
  assert.ok(card.includes('Back to Plaza') && !card.includes('come back to this one'));
});

test('a guest may sign in, and who listened anonymously may go on under their name', () => {
  const away = (code: RemovalCode) => place({ ...IDLE_SESSION, space_id: 'space', connection: { kind: 'removed', code } });
  assert.equal(away('guests_off').says, 'Listening signed out is switched off for now. Nothing you did. Sign in to go on.');
  assert.deepEqual(away('anonymous_off').actions.map(({ name }) => name), ['listenNamed']);
});

test('who speaks, waits or is invited is told when speaking is switched off, and for a while', (context) => {
  const invitation = { state: 'pending', role: 'speaker', by: 'ada', expires_at: '' } as const;
  const concerned: Snapshot['me'][] = [
    { ...LISTENER, role: 'speaker' },
    { ...LISTENER, request: { state: 'pending', position: 1 } },
    { ...LISTENER, invitation },
  ];
  for (const me of concerned) {
    const { says, get } = heard(context, snapshot(1, { me }));
    says(switchedOff);
    assert.deepEqual([get().is_silenced, get().ask_refused], [true, SPEAKING_OFF]);
    context.mock.timers.tick(20_000);
    assert.deepEqual([get().is_silenced, get().ask_refused], [false, SPEAKING_OFF]);
    context.mock.timers.tick(40_000);
    assert.equal(get().ask_refused, '');
    context.mock.timers.reset();
  }
});

test('whoever only listens is told by the button alone, and only about their own Space', (context) => {
  const { says, get } = heard(context, snapshot(1));
  says({ ...switchedOff, space_id: 'other' });
  assert.equal(get().ask_refused, '');
  says(switchedOff);
  assert.deepEqual([get().is_silenced, get().ask_refused], [false, SPEAKING_OFF]);
  assert.deepEqual(place(get()).actions.map(({ name, why }) => [name, why]), [['ask', SPEAKING_OFF]]);
});

test('being sent away by the switch is told as such to the connection', (context) => {
  const sentAway = (me: Snapshot['me'], isAnonymous: boolean) => {
    const { says, sent, get } = heard(context, snapshot(1, { me }), isAnonymous);
    says(event(null, null, { code: 'switched_off' }, 'removed'));
    context.mock.timers.reset();
    assert.equal(get().ask_refused, '');
    return sent.map((one) => (one as { code: string }).code);
  };
  assert.deepEqual(sentAway(LISTENER, false), ['switched_off']);
  assert.deepEqual(sentAway({ ...LISTENER, user_id: 'guest:1' }, false), ['guests_off']);
  assert.deepEqual(sentAway(LISTENER, true), ['anonymous_off']);
  assert.equal(removalOf({ code: 'switched_off', flag: 'spaces.guests' }), 'guests_off');
  assert.equal(removalOf({ code: 'switched_off', flag: 'spaces.listen' }), 'switched_off');
});

test('who was silenced reads it in the dock and in the room, and can leave', () => {
  const silenced = place(state(snapshot(1), { is_silenced: true }));
  assert.deepEqual([silenced.kind, silenced.title, silenced.line, silenced.close], ['silenced', 'Speaking is switched off for now', 'You can keep listening', 'leave']);
  assert.equal(needsWords(silenced), true);
  assert.deepEqual(barActions(silenced, snapshot(1), words).map(({ name }) => name), ['leave']);
  const host = snapshot(1, { me: { ...LISTENER, user_id: 'ada', role: 'host' } });
  assert.notEqual(place(state(host, { is_silenced: true })).kind, 'silenced');
});

test('a question to speak that a switch refuses may be asked again in a while, one that is not open may not', async (context) => {
  for (const [code, isSwitch] of [['switched_off', true], ['not_open_yet', false], ['speak_invited', false]] as const) {
    const told: unknown[] = [];
    const refuse = () => Promise.reject(problem(403, code));
    const commands: Pick<Session, 'askToSpeak'> = createCommands(
      {} as never, refuse, refuse, { get: () => IDLE_SESSION }, (...said) => told.push(said),
    );
    await assert.rejects(commands.askToSpeak());
    assert.deepEqual(told, [[code, isSwitch]]);
  }
  const { news, get } = heard(context, snapshot(1));
  news.askRefused('This is switched off for now.', true);
  assert.equal(get().ask_refused, SPEAKING_OFF);
  news.askRefused('Not yet.', false);
  context.mock.timers.tick(120_000);
  assert.equal(get().ask_refused, 'Not yet.');
});

test('the numbers are linked for who created the Space or runs it, and for nobody else', () => {
  page();
  const by = (user_id: string, space: object = {}) =>
    snapshot(1, { space: { state: 'ended', end_reason: 'host', creator_id: 'ada', host_ids: ['alan', 'carl'], ...space }, me: { ...LISTENER, user_id } });
  assert.deepEqual(['ada', 'alan', 'carl', 'grace'].map((user_id) => mayReadNumbers(by(user_id))), [true, true, true, false]);
  const card = (copy: Snapshot) => drawn(endedCard(state(copy, { connection: { kind: 'ended' } }), () => undefined));
  assert.ok(card(by('alan')).includes('http://plaza.test/spaces/space/numbers'));
  assert.ok(!card(by('grace')).includes('numbers'));
  // With Spaces switched off their page is gone as well.
  assert.ok(!card(by('alan', { end_reason: 'switched_off' })).includes('numbers'));
});
