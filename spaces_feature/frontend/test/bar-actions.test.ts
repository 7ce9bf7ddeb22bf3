import assert from 'node:assert/strict';
import test from 'node:test';
import type { Role, Snapshot } from '../src/core/types';
import { words } from '../src/core/words';
import { barActions, hostTools, needsWords } from '../src/elements/room/bar-actions';
import { plain, quiet, type Action, type PlaceKind } from '../src/elements/place/place-parts';
import { snapshot } from './builders';

const place = (kind: PlaceKind, actions: Action[] = []) => plain(kind, quiet('headphones'), '', '', { actions });
const seen = (role: Role, permissions: string[]): Snapshot =>
  snapshot(1, { me: { user_id: 'grace', role, request: null, invitation: null, mute: null, permissions } });
const names = (actions: Action[]) => actions.map(({ name }) => name);

const mute: Action = { name: 'mute', label: 'Mute', tone: 'live', icon: 'microphoneOn', round: true };

test('the tools are those that the server permits', () => {
  assert.deepEqual(hostTools(seen('host', ['invite', 'mute_all'])), ['invite', 'muteAll']);
  assert.deepEqual(hostTools(seen('cohost', ['invite'])), ['invite']);
  assert.deepEqual(hostTools(seen('speaker', ['listen', 'step_down'])), []);
  assert.deepEqual(hostTools(null), []);
});

test('the host neither leaves nor steps down by the bar, a co-host does both', () => {
  assert.deepEqual(names(barActions(place('speaking', [mute]), seen('host', ['end']), words)), ['mute']);
  assert.deepEqual(names(barActions(place('speaking', [mute]), seen('cohost', ['step_down']), words)), ['leave', 'stepDown', 'mute']);
});

test('a host who reconnects can leave', () => {
  assert.deepEqual(names(barActions(place('reconnecting'), seen('host', []), words)), ['leave']);
});

test('a listener asks in full words, leaving first', () => {
  const ask: Action = { name: 'ask', label: 'Ask to speak', tone: 'quiet', icon: 'hand', round: true };
  const actions = barActions(place('listening', [ask]), seen('listener', ['ask_to_speak']), words);
  assert.deepEqual(names(actions), ['leave', 'ask']);
  assert.deepEqual([actions[1]?.tone, actions[1]?.round], ['primary', false]);
});

test('who has no sound can still leave, and an open microphone stays in reach beside the way to hear', () => {
  const hear: Action = { name: 'hear', label: 'Hear it', tone: 'live', icon: 'sound' };
  assert.deepEqual(names(barActions(place('sound_blocked', [hear]), seen('listener', []), words)), ['leave', 'hear']);
  const open = barActions(place('sound_blocked', [mute, hear]), seen('host', ['end']), words);
  assert.deepEqual(open.map(({ name, label }) => [name, label]), [['mute', 'Mic is on'], ['hear', 'Hear it']]);
});

test('an invitation is answered, and nothing else stands beside it', () => {
  const answers: Action[] = [
    { name: 'declineInvitation', label: 'No', tone: 'quiet' },
    { name: 'acceptInvitation', label: 'Accept', tone: 'primary' },
  ];
  assert.deepEqual(names(barActions(place('invited', answers), seen('listener', ['ask_to_speak']), words)), ['declineInvitation', 'acceptInvitation']);
  assert.ok(needsWords(place('invited')) && !needsWords(place('listening')) && !needsWords(place('speaking')));
});

test('who is invited while talking keeps the microphone within reach and can still say no', () => {
  const accept: Action = { name: 'acceptInvitation', label: 'Accept', tone: 'primary' };
  const asked = { ...place('invited', [mute, accept]), close: 'declineInvitation' as const };
  assert.deepEqual(names(barActions(asked, seen('speaker', ['step_down']), words)), ['declineInvitation', 'mute', 'acceptInvitation']);
});
