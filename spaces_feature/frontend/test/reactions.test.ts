import './window';
import assert from 'node:assert/strict';
import test from 'node:test';
import { IDLE_SESSION } from '../src/core/idle-session';
import { NAMES, REACTIONS, createPace, reactionOf, rising, type Reaction } from '../src/core/reactions';
import type { SessionState, SpaceEvent } from '../src/core/types';
import { applyEvent } from '../src/core/replica';
import { hostTools, mayReact } from '../src/elements/room/bar-actions';
import { plain, quiet, type PlaceKind } from '../src/elements/place/place-parts';
import { createReacting } from '../src/room/reacting';
import { event, snapshot } from './builders';

const own = (...pairs: [Reaction, number][]) => new Map<Reaction, number>(pairs);
const place = (kind: PlaceKind) => plain(kind, quiet('headphones'), '', '');

test('the six are those that the server takes, with or without the mark that asks for colour', () => {
  assert.deepEqual(NAMES.map((name) => REACTIONS[name]), ['❤️', '👏', '😂', '🔥', '💯', '🙌']);
  assert.deepEqual(['❤️', '❤', '🙌', '💩', ''].map(reactionOf), ['heart', 'heart', 'hands', undefined, undefined]);
});

test('what came rises, each kind in its turn and at most so many', () => {
  assert.deepEqual(rising({ '👏': 3, '❤️': 1 }, own(), 12), ['clap', 'heart', 'clap', 'clap']);
  assert.deepEqual(rising({ '👏': 99, '❤️': 99, '🔥': 1 }, own(), 4), ['clap', 'heart', 'fire', 'clap']);
  assert.deepEqual(rising({ '💩': 5 }, own(), 12), []);
});

test('what the member sent has risen already, and is taken off once it comes back', () => {
  const sent = own(['clap', 2]);
  assert.deepEqual(rising({ '👏': 1, '❤️': 1 }, sent, 12), ['heart']);
  assert.deepEqual(rising({ '👏': 3 }, sent, 12), ['clap', 'clap']);
  assert.equal(sent.get('clap'), 0);
});

test('nobody reacts faster than the server lets them', () => {
  let now = 0;
  const may = createPace(5, 1000, () => now);
  assert.deepEqual(Array.from({ length: 6 }, may), [true, true, true, true, true, false]);
  now = 999;
  assert.equal(may(), false);
  now = 1000;
  assert.equal(may(), true);
});

test('a seat shows what it sent for two seconds from its last', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let state: SessionState = IDLE_SESSION;
  const heard = createReacting(() => state, (fields) => (state = { ...state, ...fields }));
  heard({ counts: { '👏': 1 }, seats: [{ user_id: 'ada', emoji: '👏' }] });
  context.mock.timers.tick(1500);
  heard({ counts: { '🔥': 1 }, seats: [{ user_id: 'ada', emoji: '🔥' }, { user_id: 'alan', emoji: '🔥' }] });
  assert.deepEqual(state.reacting, { ada: '🔥', alan: '🔥' });
  context.mock.timers.tick(1999);
  assert.deepEqual(state.reacting, { ada: '🔥', alan: '🔥' });
  context.mock.timers.tick(1);
  assert.deepEqual(state.reacting, {});
});

test('two events of the same counts are two', () => {
  let state: SessionState = IDLE_SESSION;
  const heard = createReacting(() => state, (fields) => (state = { ...state, ...fields }));
  heard({ counts: { '👏': 1 }, seats: [] });
  const first = state.reactions;
  heard({ counts: { '👏': 1 }, seats: [] });
  assert.deepEqual([first?.event, state.reactions?.event], [1, 2]);
});

test('reactions change no copy', () => {
  const said: SpaceEvent = event(null, null, { counts: { '👏': 1 }, seats: [] }, 'reactions');
  assert.equal(applyEvent(snapshot(3), said).kind, 'same');
});

test('who is in a live Space under an account may react where that is open', () => {
  const [open, closed] = [{ flags: { 'spaces.reactions': true } }, { flags: { 'spaces.reactions': false } }];
  const guest = snapshot(1, { me: { ...snapshot(1).me, user_id: 'guest:1' } });
  assert.equal(mayReact(place('listening'), snapshot(1), open), true);
  assert.equal(mayReact(place('listening'), snapshot(1), closed), false);
  assert.equal(mayReact(place('listening'), guest, open), false);
  assert.equal(mayReact(place('listening'), null, open), false);
  for (const kind of ['joining', 'reconnecting', 'ended'] as const) assert.equal(mayReact(place(kind), snapshot(1), open), false);
});

test('whoever runs the Space has reactions behind a tool, everybody else at hand', () => {
  const runs = snapshot(1, { me: { ...snapshot(1).me, role: 'host', permissions: ['invite', 'mute_all'] } });
  assert.deepEqual(hostTools(runs, true), ['invite', 'muteAll', 'react']);
  assert.deepEqual(hostTools(runs, false), ['invite', 'muteAll']);
  assert.deepEqual(hostTools(snapshot(1), true), []);
});
