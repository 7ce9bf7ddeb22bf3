import assert from 'node:assert/strict';
import test from 'node:test';
import { applyEvent } from '../src/core/replica';
import { event, profile, seat, snapshot } from './builders';

test('a patch that follows the copy is applied and moves its version', () => {
  const { kind, snapshot: next } = applyEvent(snapshot(3), event(4, 3, { space: { title: 'New' } }));
  assert.equal(kind, 'changed');
  assert.deepEqual([next.space.title, next.space.version, next.space.state], ['New', 4, 'live']);
});

test('an event that the copy already holds changes nothing', () => {
  for (const version of [2, 3]) {
    const copy = snapshot(3);
    assert.deepEqual(applyEvent(copy, event(version, 1, { space: { title: 'Old' } })), { kind: 'same', snapshot: copy });
  }
});

test('an event after one that was missed makes the copy stale and leaves it as it was', () => {
  const copy = snapshot(3);
  assert.deepEqual(applyEvent(copy, event(6, 5, { space: { title: 'New' } })), { kind: 'stale', snapshot: copy });
});

test('a copy newer than what its class was sent last takes the next event', () => {
  assert.equal(applyEvent(snapshot(5), event(6, 3, { space: { title: 'New' } })).snapshot.space.title, 'New');
});

test('an event for another class of viewer says that my own move was missed', () => {
  assert.equal(applyEvent(snapshot(3), event(4, 3, { viewers: 'stage', space: { title: 'New' } })).kind, 'stale');
  assert.equal(applyEvent(snapshot(3), event(4, 3, { viewers: 'audience', space: { title: 'New' } })).kind, 'changed');
});

test('an event about another Space changes nothing', () => {
  const other = { ...event(4, 3, { space: { title: 'New' } }), space_id: 'other' };
  assert.equal(applyEvent(snapshot(3), other).kind, 'same');
});

test('a snapshot inside an event replaces everything', () => {
  const whole = snapshot(4, { me: { ...snapshot(4).me, role: 'speaker' } });
  assert.equal(applyEvent(snapshot(3), event(4, 3, { snapshot: whole })).snapshot, whole);
});

test('seats are put, dropped and ordered, and a put seat keeps whether I blocked its member', () => {
  const copy = snapshot(1, { stage: [seat('ada'), seat('alan', { is_blocked_by_me: true }), seat('linus')] });
  const { is_blocked_by_me: _mine, ...spoken } = seat('alan', { is_muted: false });
  const { is_blocked_by_me: _none, ...fresh } = seat('tim');
  const stage = { put: [spoken, fresh], drop: ['linus'], order: ['tim', 'ada', 'alan'] };
  const next = applyEvent(copy, event(2, 1, { stage })).snapshot.stage;
  assert.deepEqual(
    next.map(({ user_id, is_muted, is_blocked_by_me }) => [user_id, is_muted, is_blocked_by_me]),
    [
      ['tim', true, false],
      ['ada', true, false],
      ['alan', false, true],
    ],
  );
});

test('requests are numbered anew after each patch', () => {
  const asked = (user_id: string, position: number) => ({
    user_id,
    position,
    requested_at: '',
    relation: { follows_host: false, is_followed_by_host: false, mutuals: 0 },
    removed_at: null,
    profile: profile(user_id),
  });
  const copy = snapshot(1, { requests: [asked('alan', 1), asked('tim', 2)] });
  const requests = { put: [asked('linus', 0)], drop: ['alan'], order: ['tim', 'linus'] };
  const next = applyEvent(copy, event(2, 1, { requests })).snapshot.requests;
  assert.deepEqual(next.map(({ user_id, position }) => [user_id, position]), [['tim', 1], ['linus', 2]]);
});

test('invitations are patched by user, and a put row keeps what the patch does not carry', () => {
  const row = (user_id: string, state: 'pending' | 'declined') =>
    ({ user_id, role: 'speaker', state, by: 'ada', invited_at: '', expires_at: '', declined_at: null, again_at: null, profile: profile(user_id) }) as const;
  const copy = snapshot(1, { invitations: [row('alan', 'pending'), row('tim', 'pending')] });
  const { profile: _kept, ...declined } = row('alan', 'declined');
  const invitations = { put: [declined], drop: ['tim'], order: ['alan'] };
  assert.deepEqual(applyEvent(copy, event(2, 1, { invitations })).snapshot.invitations, [row('alan', 'declined')]);
  assert.equal(applyEvent(copy, event(2, 1, {})).snapshot.invitations, copy.invitations);
});

test('my place in the queue moves up only for somebody ahead of me', () => {
  const waiting = (position: number) =>
    snapshot(1, { me: { ...snapshot(1).me, request: { state: 'pending', position } } });
  const placeAfter = (left: number) => applyEvent(waiting(2), event(2, 1, { queue: { left } })).snapshot.me.request?.position;
  assert.deepEqual([placeAfter(1), placeAfter(3)], [1, 2]);
});

test('of what my role may a guest takes over listening alone', () => {
  const copy = snapshot(1);
  const guest = { ...copy, me: { ...copy.me, user_id: 'guest:1', permissions: ['listen' as const] } };
  const after = (listener: string[]) => applyEvent(guest, event(2, 1, { permissions: { listener } })).snapshot.me.permissions;
  assert.deepEqual([after(['ask_to_speak', 'listen', 'report']), after([])], [['listen'], []]);
});

test('permissions are taken for my own role only', () => {
  const after = (permissions: object) => applyEvent(snapshot(1), event(2, 1, { permissions })).snapshot.me.permissions;
  assert.deepEqual(after({ listener: [] }), []);
  assert.deepEqual(after({ host: [] }), ['ask_to_speak', 'listen']);
});

test('an unversioned count is taken without touching the version', () => {
  const data = { count: 7, sample: [profile('tim')], participant_count: 8 };
  const { kind, snapshot: next } = applyEvent(snapshot(3), event(null, null, data, 'listeners'));
  assert.equal(kind, 'changed');
  assert.deepEqual([next.listeners.count, next.space.participant_count, next.space.version], [7, 8, 3]);
});

test('an unversioned event of another kind changes nothing', () => {
  assert.equal(applyEvent(snapshot(3), event(null, null, { user_id: 'ada' }, 'talking')).kind, 'same');
});
