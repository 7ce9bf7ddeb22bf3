import assert from 'node:assert/strict';
import test from 'node:test';
import {
  BACKOFF_CAP,
  CONNECT_LIMIT,
  GIVE_UP,
  OFFLINE_LONG,
  SIGNAL_LATE,
  SIGNAL_PATIENCE,
  STEADY,
  backoff,
  viewOf,
  type ConnectionEvent,
  type Phase,
} from '../src/core/connection-state';
import { removalOf } from '../src/core/problems';
import { grant, problem } from './builders';
import { Machine, START } from './machine';

const granting = () => new Machine().after({ type: 'listen', space_id: 'space' });
const connecting = () => granting().granted();
const connected = () => connecting().connectedRoom();
const unsure = () => {
  const machine = connected();
  return machine.after({ type: 'signal_lost', room: machine.state.room! }, STEADY);
};
const rejoining = () => unsure().timer();
const waiting = () => rejoining().refused(503, 'media_unavailable');
const elsewhere = () => connected().lost('duplicate');
const ended = () => connected().after({ type: 'space_ended' });

const PHASES: Record<string, () => Machine> = {
  idle: () => new Machine(),
  granting,
  connecting,
  connected,
  unsure,
  waiting,
  elsewhere,
  ended,
  removed: () => granting().refused(403, 'removed'),
  failed: () => granting().refused(403, 'forbidden'),
};

test('each phase is reached as its name says', () => {
  for (const [phase, machine] of Object.entries(PHASES)) assert.equal(machine().state.phase, phase);
});

test('listening asks for a grant, connects a Room with it, and is connected', () => {
  const asked = granting();
  assert.deepEqual(asked.names, ['start_audio', 'save_intent', 'fetch_grant']);
  const room = asked.granted();
  assert.deepEqual(room.names, ['connect', 'arm', 'heartbeat']);
  assert.equal(room.effect('connect').room, room.state.generation);
  assert.equal(room.effect('arm').ms, CONNECT_LIMIT);
  const done = room.connectedRoom();
  assert.deepEqual([done.state.phase, done.state.since, done.names], ['connected', null, ['save_intent']]);
});

test('a tap on the Space that is already joined only starts the sound', () => {
  for (const machine of [granting(), connecting(), connected(), unsure()]) {
    const next = machine.after({ type: 'listen', space_id: 'space' });
    assert.deepEqual([next.state, next.names], [machine.state, ['start_audio']]);
  }
});

test('a tap during a pause tries at once', () => {
  const next = waiting().after({ type: 'listen', space_id: 'space' });
  assert.deepEqual([next.state.phase, next.state.attempt], ['granting', 0]);
});

test('moving to another Space leaves the first', () => {
  const next = connected().after({ type: 'listen', space_id: 'other' });
  assert.deepEqual(next.names, ['drop', 'clear_intent', 'heartbeat', 'tell_leave', 'start_audio', 'save_intent', 'fetch_grant']);
  assert.deepEqual([next.effect('tell_leave').space_id, next.effect('fetch_grant').space_id], ['space', 'other']);
});

test('a stored intent comes back as reconnecting, not as a first join', () => {
  const next = new Machine().after({ type: 'restore', space_id: 'space' });
  assert.deepEqual(viewOf(next.state), { kind: 'reconnecting', since: START, offline: false });
  assert.equal(connected().after({ type: 'restore', space_id: 'space' }).effects[0]?.type, 'drop');
});

test('leaving drops every Room, forgets the intent and tells the server, from every active phase', () => {
  for (const name of ['granting', 'connecting', 'connected', 'unsure', 'waiting']) {
    const next = PHASES[name]!().after({ type: 'leave' });
    assert.deepEqual([next.state.phase, next.state.space_id], ['idle', null], name);
    assert.deepEqual(next.names.filter((type) => type !== 'drop'), ['clear_intent', 'heartbeat', 'tell_leave'], name);
  }
});

test('leaving without a place does nothing', () => {
  for (const name of ['idle', 'elsewhere', 'ended', 'removed', 'failed']) {
    const machine = PHASES[name]!();
    const next = machine.after({ type: 'leave' });
    assert.deepEqual([next.state, next.effects], [machine.state, []], name);
  }
});

const REFUSALS: [status: number, code: string, extra: object, phase: Phase][] = [
  [0, 'unreachable', {}, 'waiting'],
  [0, 'timeout', {}, 'waiting'],
  [429, 'too_many_requests', {}, 'waiting'],
  [500, 'unexpected', {}, 'waiting'],
  [503, 'media_unavailable', {}, 'waiting'],
  [401, 'not_signed_in', {}, 'failed'],
  [403, 'forbidden', {}, 'failed'],
  [403, 'removed', {}, 'removed'],
  [403, 'switched_off', {}, 'removed'],
  [404, 'switched_off', {}, 'removed'],
  [404, 'not_found', {}, 'failed'],
  [409, 'wrong_state', { state: 'scheduled' }, 'failed'],
  [409, 'wrong_state', { state: 'ended' }, 'ended'],
  [409, 'wrong_state', { state: 'canceled' }, 'ended'],
];

test('a refused grant is tried again when it may pass and final when it may not', () => {
  for (const [status, code, extra, phase] of REFUSALS) {
    const next = granting().refused(status, code, extra);
    assert.equal(next.state.phase, phase, `${status} ${code}`);
    if (phase === 'waiting') assert.deepEqual(next.names, ['arm']);
    else assert.deepEqual(next.names, ['clear_intent', 'heartbeat', 'fetch_snapshot']);
  }
});

test('a server that says when to come back is obeyed, unless only the SFU is away', () => {
  assert.equal(granting().refused(429, 'too_many_requests', { retry_after: 7 }).effect('arm').ms, 7000);
  assert.equal(granting().refused(503, 'media_unavailable', { retry_after: 7 }).effect('arm').ms, 150);
});

test('pauses grow by half up to the cap, a fifth more or less by chance', () => {
  assert.deepEqual([0, 1, 2].map((attempt) => backoff(attempt, 0.5)), [150, 225, 338]);
  assert.deepEqual([backoff(0, 0), backoff(0, 1)], [120, 180]);
  assert.equal(backoff(50, 0.5), BACKOFF_CAP);
});

test('a Room that does not connect is dropped and tried again, by its own word or by the clock', () => {
  const machine = connecting();
  const room = machine.state.generation;
  for (const next of [machine.after({ type: 'room_lost', room, reason: 'unknown' }), machine.timer(), machine.after({ type: 'sdk_reconnecting', room })]) {
    assert.deepEqual([next.state.phase, next.names], ['waiting', ['drop', 'arm']]);
  }
});

test('lost signalling gets a second, and longer while packets still arrive', () => {
  const doubtful = unsure();
  assert.equal(doubtful.effect('arm').ms, SIGNAL_PATIENCE);
  assert.equal(viewOf(doubtful.state).kind, 'connected');
  const patient = doubtful.timer(true);
  assert.deepEqual([patient.state.phase, patient.names], ['unsure', ['arm']]);
  const over = patient.timer(false);
  assert.deepEqual([over.state.phase, over.names], ['granting', ['fetch_grant']]);
});

test('a resumed signal ends the doubt, even while a new grant is on its way', () => {
  for (const machine of [unsure(), rejoining(), waiting()]) {
    const next = machine.after({ type: 'signal_back', room: machine.state.room! });
    assert.deepEqual([next.state.phase, next.state.since, next.effects], ['connected', null, []]);
  }
});

test('the new Room is connected before the old one is dropped', () => {
  const before = rejoining();
  const next = before.granted();
  assert.equal(next.names.includes('drop'), false);
  const done = next.connectedRoom();
  assert.equal(done.effect('drop').room, before.state.room);
});

test('the old Room, sent away by our own new one, does not count as elsewhere', () => {
  const machine = rejoining().granted();
  const next = machine.after({ type: 'room_lost', room: machine.state.room!, reason: 'duplicate' });
  assert.deepEqual([next.state.phase, next.state.room], ['connecting', null]);
});

test("the library's own full reconnect is cut short at once", () => {
  const machine = connected();
  const next = machine.after({ type: 'sdk_reconnecting', room: machine.state.room! }, STEADY);
  assert.deepEqual([next.state.phase, next.names], ['granting', ['drop', 'fetch_grant']]);
});

test('why a Room was lost decides what follows', () => {
  for (const [reason, phase] of [
    ['unknown', 'granting'],
    ['server_shutdown', 'granting'],
    ['room_deleted', 'granting'],
    ['removed', 'granting'],
    ['duplicate', 'elsewhere'],
  ] as const) {
    assert.equal(connected().lost(reason).state.phase, phase, reason);
    assert.equal(unsure().lost(reason).state.phase, phase, reason);
  }
});

test('a connection that breaks soon after it was made is retried after a pause', () => {
  const next = connected().lost('unknown', 10);
  assert.deepEqual([next.state.phase, next.state.attempt], ['waiting', 1]);
  const again = next.timer().granted().connectedRoom().lost('unknown', 10);
  assert.equal(again.state.attempt, 2);
  const steady = again.timer().granted().connectedRoom().lost('unknown', STEADY);
  assert.deepEqual([steady.state.phase, steady.state.attempt], ['granting', 0]);
});

test('who was sent away asks the server once, and does not insist when it happens again', () => {
  const sentAway = connected().lost('removed');
  assert.deepEqual(viewOf(sentAway.refused(403, 'removed').state), { kind: 'removed', code: 'removed' });
  for (const [status, code] of [[403, 'forbidden'], [404, 'not_found']] as const)
    assert.deepEqual(viewOf(sentAway.refused(status, code).state), { kind: 'removed', code: 'blocked' });
  const namesOnly = sentAway.refused(403, 'anonymous_not_allowed').state;
  assert.deepEqual([namesOnly.phase, namesOnly.problem?.code], ['failed', 'anonymous_not_allowed']);
  const back = sentAway.granted().connectedRoom();
  assert.equal(back.state.phase, 'connected');
  assert.equal(back.lost('removed', 10).state.phase, 'failed');
});

test('a word from the server that the member is out ends everything, in every phase, and nothing is tried again', () => {
  for (const machine of [granting(), connecting(), connected(), unsure(), waiting()]) {
    const out = machine.after({ type: 'sent_away', code: 'blocked' });
    assert.deepEqual(viewOf(out.state), { kind: 'removed', code: 'blocked' });
    assert.ok(out.names.includes('clear_intent') && !out.names.includes('fetch_grant'));
    for (const late of [out.timer(), out.granted(), out.connectedRoom(), out.after({ type: 'online' }), out.lost('removed')])
      assert.deepEqual([late.state.phase, late.names.includes('fetch_grant')], ['removed', false]);
  }
  assert.equal(new Machine().after({ type: 'sent_away', code: 'removed' }).state.phase, 'idle');
});

test('who was removed is told whether a host or staff did it, by an event as by a refusal', () => {
  assert.equal(removalOf({ code: 'removed', by: 'staff' }), 'removed_by_staff');
  assert.equal(removalOf({ code: 'removed', by: 'host' }), 'removed');
  assert.equal(removalOf({ code: 'barred', by: undefined }), 'barred');
  const asked = granting();
  const refusal = problem(403, 'removed', { by: 'staff' });
  const out = asked.after({ type: 'refused', generation: asked.state.generation, problem: refusal });
  assert.deepEqual(viewOf(out.state), { kind: 'removed', code: 'removed_by_staff' });
});

test('a moved Space is joined again within the spread', () => {
  for (const machine of [connected(), unsure(), waiting(), connecting()]) {
    const next = machine.after({ type: 'room_moved', version: 9, spread_ms: 400 }, 0, 0.25);
    assert.deepEqual([next.state.phase, next.effect('arm').ms], ['waiting', 100]);
  }
});

test('a move that the newest grant already knows changes nothing, whichever comes first', () => {
  const machine = granting().granted(9).connectedRoom();
  const late = machine.after({ type: 'room_moved', version: 9, spread_ms: 400 });
  assert.deepEqual([late.state, late.effects], [machine.state, []]);
  const early = granting().after({ type: 'room_moved', version: 9, spread_ms: 400 });
  assert.equal(early.state.phase, 'granting');
  assert.equal(early.granted(9).state.phase, 'connecting');
  assert.equal(early.granted(8).state.phase, 'waiting');
});

test('once the Space has moved, the old Room coming back is of no use', () => {
  const machine = unsure();
  const moved = machine.after({ type: 'room_moved', version: 9, spread_ms: 400 });
  assert.equal(moved.after({ type: 'signal_back', room: machine.state.room! }).state.phase, 'waiting');
  assert.equal(moved.lost('room_deleted').state.phase, 'waiting');
});

test('an ended Space ends every place in it, and nothing else', () => {
  for (const [name, machine] of Object.entries(PHASES)) {
    const next = machine().after({ type: 'space_ended' });
    const isStill = ['idle', 'ended', 'removed', 'failed'].includes(name);
    assert.equal(next.state.phase, isStill ? machine().state.phase : 'ended', name);
  }
});

test('bring here takes the place back, and only after it was lost for good', () => {
  const next = elsewhere().after({ type: 'bring_here' });
  assert.deepEqual([next.state.phase, next.names], ['granting', ['start_audio', 'save_intent', 'fetch_grant']]);
  for (const machine of [new Machine(), connected(), waiting()]) {
    assert.deepEqual(machine.after({ type: 'bring_here' }).effects, []);
  }
});

test('dismiss clears what is over and touches nothing that is not', () => {
  assert.deepEqual([ended().after({ type: 'dismiss' }).state.phase, ended().after({ type: 'dismiss' }).state.space_id], ['idle', null]);
  assert.equal(connected().after({ type: 'dismiss' }).state.phase, 'connected');
});

test('without a network it says so, goes on trying, and tries at once when it is back', () => {
  const offline = waiting().after({ type: 'offline' });
  assert.deepEqual(viewOf(offline.state), { kind: 'reconnecting', since: offline.state.since, offline: true });
  const tried = offline.timer().refused(0, 'unreachable', {}, 20_000);
  assert.equal(tried.state.phase, 'waiting');
  const back = tried.after({ type: 'online' });
  assert.deepEqual([back.state.phase, back.state.isOffline, back.state.attempt], ['granting', false, 0]);
});

test('a network that goes is told at once, and a short absence leaves the Room alone', () => {
  for (const machine of [connected(), unsure()]) {
    const offline = machine.after({ type: 'offline' });
    assert.deepEqual(viewOf(offline.state), { kind: 'reconnecting', since: offline.now, offline: true });
    assert.equal(viewOf(offline.after({ type: 'online' }, 1000).state).kind, 'connected');
  }
});

test('after a long absence of the network the Room is replaced, still playing until then', () => {
  const next = connected().after({ type: 'offline' }, STEADY).after({ type: 'online' }, OFFLINE_LONG);
  assert.deepEqual([next.state.phase, next.names], ['granting', ['fetch_grant']]);
});

test('signalling that stays away is told after a while, even if sound still flows', () => {
  const machine = unsure();
  const late = machine.after({ type: 'timer', generation: machine.state.generation, isReceiving: true }, SIGNAL_LATE);
  assert.deepEqual(viewOf(late.state), { kind: 'reconnecting', since: machine.now, offline: false });
  assert.equal(viewOf(late.after({ type: 'signal_back', room: late.state.room! }).state).kind, 'connected');
});

test('an API that cannot be reached is told as a network that is gone', () => {
  assert.deepEqual(viewOf(granting().refused(0, 'unreachable').state), { kind: 'reconnecting', since: START, offline: true });
});

test('after ten minutes it gives up with the last problem', () => {
  const next = waiting().timer().refused(503, 'media_unavailable', {}, GIVE_UP + 1);
  assert.deepEqual([next.state.phase, next.state.problem?.code], ['failed', 'media_unavailable']);
});

test('sound that the browser holds back shows as such, only while connected', () => {
  const blocked = connected().after({ type: 'sound', isBlocked: true });
  assert.equal(viewOf(blocked.state).kind, 'sound_blocked');
  assert.equal(viewOf(blocked.after({ type: 'sound', isBlocked: false }).state).kind, 'connected');
  assert.equal(viewOf(blocked.lost('unknown').state).kind, 'reconnecting');
});

test('an answer of another generation does nothing in any phase', () => {
  for (const [name, build] of Object.entries(PHASES)) {
    const machine = build();
    const stale = machine.state.generation - 1;
    const events: ConnectionEvent[] = [
      { type: 'granted', generation: stale, grant: grant() },
      { type: 'refused', generation: stale, problem: problem(403, 'forbidden') },
      { type: 'timer', generation: stale, isReceiving: false },
      ...(['signal_lost', 'signal_back', 'sdk_reconnecting'] as const).map((type) => ({ type, room: -1 })),
      { type: 'room_lost', room: -1, reason: 'duplicate' },
    ];
    for (const event of events) {
      const next = machine.after(event);
      assert.deepEqual([next.state, next.effects], [machine.state, []], `${event.type} in ${name}`);
    }
    const late = machine.after({ type: 'room_connected', room: -1 });
    assert.deepEqual([late.state, late.effects], [machine.state, [{ type: 'drop', room: -1 }]], name);
  }
});
