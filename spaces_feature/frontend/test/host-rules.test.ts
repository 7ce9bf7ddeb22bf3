import assert from 'node:assert/strict';
import test from 'node:test';
import { hostWords } from '../src/core/host-words';
import type { Me, Role, Snapshot } from '../src/core/types';
import { actionsOn, heirOf, isAbove, mutable, pausedUntil, saidNo } from '../src/elements/host/host-rules';
import { profile, seat, snapshot } from './builders';

const RUN = ['accept', 'decline', 'edit', 'invite', 'listen', 'move_to_audience', 'mute', 'mute_all', 'open_microphone', 'remove', 'report'];
const PERMISSIONS: Record<Role, string[]> = {
  host: [...RUN, 'end', 'hand_over', 'name_cohosts'],
  cohost: [...RUN, 'step_down'],
  speaker: ['listen', 'open_microphone', 'report', 'step_down'],
  listener: ['ask_to_speak', 'listen', 'report'],
};

const NOW = Date.parse('2026-01-01T00:10:00.000Z');

const invitation = (user_id: string, over: object = {}) => ({
  user_id,
  role: 'speaker' as const,
  state: 'pending' as const,
  by: 'ada',
  invited_at: '2026-01-01T00:00:00.000Z',
  expires_at: '2026-01-01T00:10:00.000Z',
  declined_at: null,
  again_at: null,
  profile: profile(user_id),
  ...over,
});

const asking = (user_id: string) => ({
  user_id,
  position: 1,
  requested_at: '2026-01-01T00:00:00.000Z',
  relation: { follows_host: false, is_followed_by_host: false, mutuals: 0 },
  removed_at: null,
  profile: profile(user_id),
});

/** Ada hosts, alan and cora help, kwame speaks, tim asks, the rest listen. */
function room(viewer: string, role: Role, over: Partial<Snapshot> = {}): Snapshot {
  const me: Me = { user_id: viewer, role, request: null, invitation: null, mute: null, permissions: PERMISSIONS[role] };
  const stage = [
    seat('ada', { role: 'host' }), seat('alan', { role: 'cohost' }), seat('cora', { role: 'cohost' }), seat('kwame'),
  ];
  return { ...snapshot(1, { stage, requests: [asking('tim')], me }), ...over };
}

test('nobody acts on the host but by reporting', () => {
  assert.deepEqual(actionsOn(room('alan', 'cohost'), 'ada'), ['report']);
  assert.deepEqual(actionsOn(room('lena', 'listener'), 'ada'), ['report']);
});

test('co-hosts do not act on co-hosts, the host does', () => {
  assert.deepEqual(actionsOn(room('alan', 'cohost'), 'cora'), ['report']);
  assert.deepEqual(actionsOn(room('ada', 'host'), 'cora'), ['mute', 'dismissCohost', 'moveToAudience', 'handOver', 'report', 'remove']);
});

test('co-hosts run the stage, but name and hand over nothing', () => {
  assert.deepEqual(actionsOn(room('alan', 'cohost'), 'kwame'), ['mute', 'moveToAudience', 'report', 'remove']);
  assert.deepEqual(actionsOn(room('ada', 'host'), 'kwame'), ['mute', 'makeCohost', 'moveToAudience', 'handOver', 'report', 'remove']);
});

test('speakers and listeners may report, and nothing else', () => {
  for (const role of ['speaker', 'listener'] as const)
    for (const other of ['ada', 'alan', 'tim', 'zoe']) assert.deepEqual(actionsOn(room('kim', role), other), ['report']);
});

test('nobody acts on themselves', () => {
  assert.deepEqual(actionsOn(room('ada', 'host'), 'ada'), []);
});

test('who asks is accepted or declined, not invited', () => {
  assert.deepEqual(actionsOn(room('alan', 'cohost'), 'tim'), ['accept', 'decline', 'report', 'remove']);
});

test('taking an invitation back stands where inviting stood', () => {
  const before = actionsOn(room('ada', 'host'), 'lena');
  const after = actionsOn(room('ada', 'host', { invitations: [invitation('lena')] }), 'lena');
  assert.equal(before[0], 'invite');
  assert.equal(after[0], 'withdraw');
  assert.deepEqual(before.slice(1), after.slice(1));
  const cohost = actionsOn(room('ada', 'host', { invitations: [invitation('kwame', { role: 'cohost' })] }), 'kwame');
  assert.deepEqual(cohost, ['mute', 'withdraw', 'moveToAudience', 'handOver', 'report', 'remove']);
});

test('who is muted by the host can be given the microphone back', () => {
  const stage = [seat('ada', { role: 'host' }), seat('kwame', { is_muted_by_host: true })];
  assert.ok(actionsOn(room('ada', 'host', { stage }), 'kwame').includes('liftMute'));
  assert.ok(!actionsOn(room('ada', 'host', { stage }), 'kwame').includes('mute'));
});

test('anonymous people can be removed and nothing else', () => {
  assert.deepEqual(actionsOn(room('ada', 'host'), 'anonymous:3'), ['remove']);
  assert.deepEqual(actionsOn(room('lena', 'listener'), 'anonymous:3'), []);
});

test('the Space is not handed to somebody whose connection is lost', () => {
  const stage = [seat('ada', { role: 'host' }), seat('kwame', { lost_at: '2026-01-01T00:00:00.000Z' })];
  const lost = room('ada', 'host', { stage });
  assert.ok(!actionsOn(lost, 'kwame').includes('handOver'));
  assert.equal(heirOf(lost), undefined);
});

test('a present co-host comes before a speaker as heir, and before a co-host who is gone', () => {
  assert.equal(heirOf(room('ada', 'host'))?.user_id, 'alan');
  const lost_at = '2026-01-01T00:00:00.000Z';
  const stage = [seat('ada', { role: 'host' }), seat('alan', { role: 'cohost', lost_at }), seat('kwame')];
  assert.equal(heirOf(room('ada', 'host', { stage }))?.user_id, 'kwame');
});

test('rank is host, co-host, everybody else', () => {
  assert.ok(isAbove('host', 'cohost') && isAbove('cohost', 'speaker') && isAbove('cohost', 'listener'));
  assert.ok(!isAbove('cohost', 'cohost') && !isAbove('speaker', 'listener') && !isAbove('host', 'host'));
});

test('all are muted but hosts and those who are muted already', () => {
  const stage = [seat('ada', { role: 'host' }), seat('alan', { role: 'cohost' }), seat('kwame'), seat('noor', { is_muted_by_host: true })];
  assert.deepEqual(mutable(room('ada', 'host', { stage })).map(({ user_id }) => user_id), ['kwame']);
});

test('after a no there is a pause that ends', () => {
  const again_at = '2026-01-01T00:30:00.000Z';
  const declined = invitation('lena', { state: 'declined', again_at });
  assert.equal(pausedUntil(declined, NOW), again_at);
  assert.equal(pausedUntil(declined, Date.parse(again_at)), null);
  const at = (declined_at: string) => saidNo({ ...declined, declined_at }, hostWords, NOW);
  assert.equal(at(new Date(NOW - 10 * 60_000).toISOString()), 'Said no 10 min ago');
  assert.equal(at(new Date(NOW).toISOString()), 'Said no just now');
  assert.equal(pausedUntil(invitation('lena'), NOW), null);
});
