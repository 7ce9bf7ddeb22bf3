import assert from 'node:assert/strict';
import test from 'node:test';
import {
  GIVE_UP,
  OFFLINE_LONG,
  STEADY,
  TUNE_LIMIT,
  isTierDue,
  viewOf,
  type ConnectionEvent,
} from '../src/core/connection-state';
import { grant, onStage, segments, snapshot } from './builders';
import { Machine, START } from './machine';

const asked = () => new Machine().after({ type: 'listen', space_id: 'space' });
const listening = () => asked().answered(segments()).connectedRoom();
const speaking = () => asked().answered(onStage(grant())).connectedRoom();
const again: ConnectionEvent = { type: 'ask_again' };
const isPlaying = ({ state }: Machine) => viewOf(state).kind === 'connected';

test('segments are tuned in to for longer than a Room connects, and the address is renewed before it is over', () => {
  const tuning = asked().answered(segments());
  assert.deepEqual([tuning.state.nextTier, tuning.effect('arm').ms], ['hls', TUNE_LIMIT]);
  const heard = tuning.connectedRoom();
  assert.deepEqual([heard.state.tier, heard.state.phase], ['hls', 'connected']);
  assert.equal(heard.effect('arm').ms, 390_000);
  const renewing = heard.timer();
  assert.deepEqual([renewing.names, isPlaying(renewing)], [['fetch_grant'], true]);
  const fresh = renewing.answered(segments(2));
  assert.deepEqual(fresh.names, ['renew', 'arm']);
  assert.deepEqual([fresh.effect('renew').room, fresh.effect('renew').url], [heard.state.room, segments(2).url]);
  assert.deepEqual([fresh.state.phase, fresh.state.room], ['connected', heard.state.room]);
});

test('a clock that is wrong neither renews all the time nor ever', () => {
  const armed = (life_s: number) => asked().answered(segments(1, life_s)).connectedRoom().effect('arm').ms;
  assert.deepEqual([armed(-3600), armed(36_000)], [20_000, 500_000]);
});

test('no address is renewed for who hears the SFU itself', () => {
  const machine = asked().granted().connectedRoom();
  assert.equal(machine.names.includes('arm'), false);
});

test('while the server does not answer, segments play on, and the question is asked anew', () => {
  const refused = listening().timer().refused(503, 'unavailable');
  assert.deepEqual([refused.state.phase, refused.names, isPlaying(refused)], ['waiting', ['arm'], true]);
  const fresh = refused.timer().answered(segments(2));
  assert.deepEqual([fresh.state.phase, fresh.state.since, fresh.state.attempt], ['connected', null, 0]);
  assert.equal(refused.timer().refused(503, 'unavailable', {}, GIVE_UP + 1).state.phase, 'failed');
});

test('another way of hearing is due for who came up over segments, or down after a place on stage', () => {
  const copy = (version: number, role: 'listener' | 'speaker') => snapshot(version, { me: { ...snapshot(1).me, role } });
  const { state: hls } = listening();
  const { state: stage } = speaking();
  const { state: rtc } = asked().granted().connectedRoom();
  assert.deepEqual([isTierDue(hls, copy(2, 'speaker')), isTierDue(hls, copy(2, 'listener'))], [true, false]);
  assert.deepEqual([isTierDue(stage, copy(2, 'listener')), isTierDue(stage, copy(2, 'speaker'))], [true, false]);
  assert.equal(isTierDue(rtc, copy(2, 'speaker')), false, 'who hears the SFU comes up as they are');
  assert.equal(isTierDue(hls, copy(1, 'speaker')), false, 'the newest answer knew of it');
  assert.equal(isTierDue(listening().after(again).state, copy(2, 'speaker')), false, 'it is being asked');
});

test('who comes up hears segments until the Room is connected, and keeps their place all the while', () => {
  const before = listening();
  const granted = before.after(again).answered(onStage(grant(2)));
  assert.deepEqual([granted.state.phase, granted.state.nextTier, granted.names.includes('drop')], ['connecting', 'rtc', false]);
  assert.equal(isPlaying(granted), true);
  const up = granted.connectedRoom();
  assert.equal(up.effect('drop').room, before.state.room);
  assert.deepEqual([up.state.tier, up.state.isAsking, up.state.phase], ['rtc', false, 'connected']);
});

test('a Room that does not connect for who comes up leaves the segments playing', () => {
  const before = listening();
  const granted = before.after(again).answered(onStage(grant(2)));
  const room = granted.state.generation;
  for (const failed of [granted.timer(), granted.after({ type: 'room_lost', room, reason: 'unknown' })]) {
    assert.deepEqual([failed.effect('drop').room, failed.state.room, isPlaying(failed)], [room, before.state.room, true]);
    assert.equal(failed.timer().answered(onStage(grant(3))).connectedRoom().state.tier, 'rtc');
  }
});

test('who steps down hears the stage until segments play, or goes on as they are where the server says so', () => {
  const before = speaking();
  const asking = before.after(again);
  const tuning = asking.answered(segments(2));
  assert.deepEqual([isPlaying(tuning), tuning.names.includes('drop')], [true, false]);
  const down = tuning.connectedRoom();
  assert.deepEqual([down.effect('drop').room, down.state.tier], [before.state.room, 'hls']);
  const same = asking.answered(grant(2));
  assert.deepEqual([same.state.phase, same.state.room, same.effects], ['connected', before.state.room, []]);
});

test('what plays may be lost while the server is asked, and then it is told', () => {
  const asking = listening().after(again);
  const lost = asking.lost('unknown');
  assert.deepEqual([lost.state.phase, lost.state.room, viewOf(lost.state).kind], ['granting', null, 'reconnecting']);
  assert.deepEqual(lost.answered(segments(2)).names, ['connect', 'arm', 'heartbeat']);
  const rtc = speaking().after(again);
  assert.equal(viewOf(rtc.after({ type: 'sdk_reconnecting', room: rtc.state.room! }).state).kind, 'reconnecting');
});

test('an answer that a place on stage is elsewhere counts while segments are tuned in to', () => {
  const tuning = speaking().after(again).answered(segments(2));
  assert.equal(tuning.lost('duplicate').state.phase, 'elsewhere');
});

test('a refused address asks the server, whose answer decides, and is not asked about twice in a row', () => {
  const machine = listening();
  const away = { type: 'turned_away', room: machine.state.room! } as const;
  const asking = machine.after(away, STEADY);
  assert.deepEqual([asking.names, isPlaying(asking)], [['fetch_grant'], true]);
  assert.deepEqual(viewOf(asking.refused(403, 'removed').state), { kind: 'removed', code: 'removed' });
  assert.deepEqual(viewOf(asking.refused(404, 'not_found').state), { kind: 'removed', code: 'blocked' });
  assert.equal(asking.refused(409, 'wrong_state', { state: 'ended' }).state.phase, 'ended');
  const back = asking.answered(segments(2));
  assert.deepEqual([back.names, back.after(away, 100).effects], [['renew', 'arm'], []]);
  assert.deepEqual(back.after(away, 2 * STEADY).names, ['fetch_grant']);
  assert.deepEqual(machine.after({ ...away, room: -1 }).effects, []);
});

test('segments go on when the Space gets another room, and who comes up joins that one', () => {
  const moved: ConnectionEvent = { type: 'room_moved', version: 9, spread_ms: 400 };
  for (const machine of [listening(), asked().answered(segments())]) {
    const next = machine.after(moved);
    assert.deepEqual([next.state.phase, next.effects], [machine.state.phase, []]);
  }
  const up = listening().after(again).answered(onStage(grant(2))).after(moved);
  assert.deepEqual([up.state.phase, up.names, isPlaying(up)], ['waiting', ['drop', 'arm'], true]);
  const asking = speaking().after(again).after(moved);
  const room = asking.answered(onStage(grant(9)));
  assert.deepEqual([room.state.phase, isPlaying(asking), isPlaying(room)], ['connecting', true, true]);
});

test('after a long absence of the network segments need a fresh address, and no other place', () => {
  const back = listening().after({ type: 'offline' }).after({ type: 'online' }, OFFLINE_LONG);
  assert.deepEqual([back.names, isPlaying(back)], [['fetch_grant'], true]);
  const offline = listening().after(again).after({ type: 'offline' }, 10);
  assert.deepEqual(viewOf(offline.state), { kind: 'reconnecting', since: START + 10, offline: true });
});

test('a resumed signal does not end the question whether another way of hearing is due', () => {
  const asking = speaking().after(again);
  const next = asking.after({ type: 'signal_back', room: asking.state.room! });
  assert.deepEqual([next.state, next.effects], [asking.state, []]);
});
