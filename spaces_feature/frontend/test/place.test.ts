import assert from 'node:assert/strict';
import test from 'node:test';
import { IDLE_SESSION } from '../src/core/idle-session';
import { heldBack } from '../src/core/problems';
import type { MicrophoneView, RemovalCode, SessionState, Snapshot } from '../src/core/types';
import { words } from '../src/core/words';
import { NOTHING_SEEN, placeOf, remember, type Memory, type Place } from '../src/elements/place/place';
import { seat, snapshot } from './builders';

const NOW = Date.parse('2026-01-01T00:10:00.000Z');
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

function state(copy: Snapshot, microphone: MicrophoneView['kind'] = 'none', fields: Partial<SessionState> = {}): SessionState {
  const { id: space_id, title } = copy.space;
  return { ...IDLE_SESSION, space_id, title, connection: { kind: 'connected' }, microphone: { kind: microphone }, snapshot: copy, ...fields };
}

function place(session: SessionState, memory: Memory = NOTHING_SEEN): Place {
  const found = placeOf(session, memory, words, { app: 'Plaza', now: NOW });
  assert.ok(found);
  return found;
}

const told = ({ kind, title, line, actions }: Place) => [kind, title, line, actions.map(({ name }) => name)];

const LISTENER = snapshot(1).me;
const SPEAKER: Snapshot['me'] = { ...LISTENER, role: 'speaker', permissions: ['step_down'] };
const INVITED = { state: 'pending', role: 'speaker', by: 'ada', expires_at: inSeconds(600) } as const;
const ADA = seat('ada', { role: 'host' });
const stageWith = (fields: object = {}) => snapshot(1, { stage: [ADA, seat('grace', fields)], me: SPEAKER });

test('a guest is offered to sign in where the host app says how, and nothing else', () => {
  const copy = snapshot(1, { me: { ...LISTENER, user_id: 'guest:1', permissions: ['listen'] } });
  const offered = (signsIn: boolean) =>
    placeOf(state(copy), NOTHING_SEEN, words, { app: 'Plaza', now: NOW, signsIn })?.actions.map(({ name }) => name);
  assert.deepEqual([offered(true), offered(false)], [['signIn'], []]);
});

test('an invited listener is told by whom and may say no or yes', () => {
  const copy = snapshot(1, { me: { ...LISTENER, invitation: INVITED } });
  assert.deepEqual(told(place(state(copy))), ['invited', 'ADA invites you', 'Come up and speak', ['declineInvitation', 'acceptInvitation']]);
});

test('an invitation as co-host says so, and an open microphone stays within reach', () => {
  const copy = { ...stageWith(), me: { ...SPEAKER, invitation: { ...INVITED, role: 'cohost' as const } } };
  const muted = place(state(copy, 'muted'));
  assert.deepEqual([muted.line, muted.actions.map(({ name }) => name)], ['Be a co-host', ['declineInvitation', 'acceptInvitation']]);
  const open = place(state(copy, 'open'));
  assert.deepEqual([open.close, open.actions.map(({ name }) => name)], ['declineInvitation', ['mute', 'acceptInvitation']]);
});

test('who is muted by a host is told whose mute it is, who can lift it, and why where that was said', () => {
  const held = stageWith({ is_muted_by_host: true });
  const mutedBy = (by: string, reason = '') => {
    const copy = { ...held, stage: [...held.stage, seat('carl', { role: 'cohost' })], me: { ...held.me, mute: { by, reason } } };
    return { ...place(state(copy, 'muted_by_host')), refusal: heldBack(copy).title };
  };
  const byHost = mutedBy('ada', 'An echo');
  assert.deepEqual(told(byHost), ['muted_by_host', 'ADA muted you', 'ADA can lift it. \u201cAn echo\u201d', ['stepDown']]);
  const byCohost = mutedBy('carl');
  assert.deepEqual([byCohost.title, byCohost.line], ['CARL muted you', 'CARL can lift it']);
  assert.equal(byCohost.refusal, 'CARL muted you, and can lift it.');
});

test('a mute of somebody who left the stage is nobody else\u2019s, and the host can lift it', () => {
  const held = stageWith({ is_muted_by_host: true });
  const copy = { ...held, me: { ...held.me, mute: { by: 'carl', reason: '' } } };
  const shown = place(state(copy, 'muted_by_host'));
  assert.deepEqual([shown.title, shown.line], ['A host muted you', 'ADA can lift it']);
  assert.equal(heldBack(copy).title, 'A host muted you. ADA can lift it.');
});

test('a mute that is lifted opens nothing by itself and is told until the member speaks', () => {
  const held = state(stageWith({ is_muted_by_host: true }), 'muted_by_host');
  const lifted = state(stageWith(), 'muted');
  let memory = remember(NOTHING_SEEN, state(stageWith(), 'open'), NOW);
  memory = remember(memory, held, NOW);
  memory = remember(memory, lifted, NOW);
  assert.deepEqual(told(place(lifted, memory)), ['unmuted', 'You can unmute now', 'You are still muted', ['unmute']]);
  memory = remember(memory, state(stageWith(), 'open'), NOW);
  assert.equal(place(lifted, memory).kind, 'muted');
});

test('a stage frozen by staff says so to everyone, and keeps the way down for speakers', () => {
  const frozen = (copy: Snapshot): Snapshot => ({ ...copy, space: { ...copy.space, is_frozen: true } });
  assert.deepEqual(told(place(state(frozen(stageWith()), 'muted'))), [
    'frozen',
    "Plaza's team paused the stage",
    'Nobody can speak now',
    ['stepDown'],
  ]);
  const listener = place(state(frozen(snapshot(1))));
  assert.deepEqual([listener.kind, listener.close], ['frozen', 'leave']);
});

test('without sound the room still opens, and an open microphone is told with its mute', () => {
  const blocked = { connection: { kind: 'sound_blocked' } } as const;
  const listener = place(state(snapshot(1), 'none', blocked));
  assert.deepEqual([listener.opens, listener.actions.map(({ name }) => name)], [true, ['hear']]);
  assert.deepEqual(place(state(stageWith(), 'open', blocked)).actions.map(({ name }) => name), ['mute', 'hear']);
  assert.deepEqual(place(state(stageWith(), 'muted', blocked)).actions.map(({ name }) => name), ['hear']);
  assert.equal(place({ ...state(snapshot(1), 'none', blocked), snapshot: null }).opens, false);
});

test('while the host is lost the dock counts down to the successor or to the end', () => {
  const lost = (successor_id: string | null, until = 42) =>
    snapshot(1, {
      stage: [ADA, seat('alan', { role: 'cohost' })],
      space: { host_lost: { since: inSeconds(until - 60), until: inSeconds(until), successor_id } },
    });
  assert.deepEqual(told(place(state(lost('alan')))), ['host_lost', 'ADA lost connection', 'ALAN takes over in 0:42', ['leave']]);
  assert.equal(place(state(lost(null))).line, 'The Space ends in 0:42');
  assert.equal(place(state(lost('grace'))).line, 'You take over in 0:42');
  assert.equal(place(state(lost(null, -5))).line, 'The Space ends in 0:00');
});

test('a clock that is behind never shows more than the whole wait', () => {
  const copy = snapshot(1, { space: { host_lost: { since: inSeconds(300), until: inSeconds(360), successor_id: null } } });
  assert.equal(place(state(copy)).line, 'The Space ends in 1:00');
});

test('who speaks keeps their own state and its button while the host is lost', () => {
  const copy = stageWith();
  const space = { ...copy.space, host_lost: { since: inSeconds(-18), until: inSeconds(42), successor_id: null } };
  const { title, line, actions } = place(state({ ...copy, space }, 'open'));
  assert.deepEqual([title, line, actions.map(({ name }) => name)], ['Your microphone is on', 'The Space ends in 0:42', ['mute']]);
});

test('asking is off, with its reason, where only the invited speak or the host follows others', () => {
  const why = (session: SessionState) => place(session).actions.map(({ name, why: reason }) => [name, reason]);
  const with_ = (speak: 'everyone' | 'following' | 'invited') => snapshot(1, { space: { speak } });
  assert.deepEqual(why(state(with_('invited'))), [['ask', 'Only invited people speak here']]);
  assert.deepEqual(why(state(with_('following'), 'none', { ask_refused: 'Only whom Ada follows.' })), [['ask', 'Only whom Ada follows.']]);
  assert.deepEqual(why(state(with_('following'))), [['ask', undefined]]);
});

test('who was removed is told by whom; a block and the network share neutral words', () => {
  const away = (code: RemovalCode) => place({ ...IDLE_SESSION, space_id: 'space', connection: { kind: 'removed', code } });
  assert.deepEqual([away('removed').title, away('removed').says], ['A host removed you', 'A host removed you from this Space.']);
  const byStaff = away('removed_by_staff');
  assert.deepEqual([byStaff.title, byStaff.actions], ["Plaza's team removed you", []]);
  assert.equal(byStaff.says, "Plaza's team removed you from this Space.");
  assert.equal(away('blocked').title, 'You can no longer be in this Space');
  assert.deepEqual({ ...away('barred') }, { ...away('blocked') });
});

test('where nobody may listen anonymously any more the member decides whether to come back under their name', () => {
  const refusal = { status: 403, code: 'anonymous_not_allowed', title: 'x', detail: '' };
  const shown = place({ ...IDLE_SESSION, space_id: 'space', connection: { kind: 'failed', problem: refusal } });
  assert.deepEqual([shown.title, shown.actions.map(({ name }) => name)], ['People listen here under their names now', ['listenNamed']]);
  const other = place({ ...IDLE_SESSION, space_id: 'space', connection: { kind: 'failed', problem: { ...refusal, code: 'x' } } });
  assert.deepEqual(other.actions.map(({ name }) => name), ['tryAgain']);
});

test('a new role on stage is told for a moment', () => {
  const host = { ...stageWith({ role: 'host' }), me: { ...SPEAKER, role: 'host' as const } };
  let memory = remember(NOTHING_SEEN, state(stageWith(), 'muted'), NOW - 20_000);
  memory = remember(memory, state(host, 'muted'), NOW);
  assert.equal(place(state(host, 'muted'), memory).title, 'You are the host now');
  assert.equal(place(state(host, 'muted'), { ...memory, changed_at: NOW - 9000 }).title, 'You are muted');
  assert.equal(remember(NOTHING_SEEN, state(host, 'muted'), NOW).changed_at, -Infinity);
});

test('an end by staff or for want of a host is told as such', () => {
  const over = (end_reason: 'host' | 'staff' | 'host_gone') =>
    place({ ...state(snapshot(1, { space: { end_reason } })), connection: { kind: 'ended' } }).line;
  assert.equal(over('host'), 'Why small software lasts');
  assert.equal(over('staff'), 'The team ended it.');
  assert.equal(over('host_gone'), 'The host lost connection, and nobody could take over.');
});

test('who hears segments is told how late they are, while tuning in that it goes on, and on stage neither', () => {
  const late = (seconds: number) => told(place(state(snapshot(1), 'none', { tier: 'hls', late: seconds, talking: ['ada'] })))[2];
  assert.deepEqual([late(3), late(1), late(0)], ['About 3 seconds behind', 'About 1 second behind', 'ADA is talking']);
  const joining = (tier: 'rtc' | 'hls') => place(state(snapshot(1), 'none', { tier, connection: { kind: 'joining' } })).line;
  assert.deepEqual([joining('hls'), joining('rtc')], ['Tuning in...', 'One moment']);
  assert.equal(place(state(stageWith(), 'muted', { tier: 'hls', late: 3 })).line, 'You are still muted');
});
