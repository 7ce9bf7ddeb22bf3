import './window';
import assert from 'node:assert/strict';
import test from 'node:test';
import { recordingCalls } from '../src/core/recording-calls';
import { applyEvent } from '../src/core/replica';
import type { Consent, RecordingState, Snapshot } from '../src/core/types';
import { words } from '../src/core/words';
import type { Deps } from '../src/core/deps';
import { createStore } from '../src/core/store';
import { answer, answers } from '../src/elements/place/answering';
import { recBadge } from '../src/elements/badges';
import { endedCard } from '../src/elements/cards';
import { consentCard, keptLine } from '../src/elements/recording/consent';
import { provide, provideWords } from '../src/elements/context';
import { optionFields } from '../src/elements/create/create-fields';
import { asksTitle, isLeftOut, joinLine, mayRecord, stateLine, voiceState } from '../src/elements/recording/recording-law';
import { IDLE_SESSION } from '../src/core/idle-session';
import { EMPTY_DRAFT, openPart } from '../src/core/draft';
import { newSpaceOf } from '../src/elements/create/create-sending';
import { mayShow } from '../src/elements/sheets';
import { RecordingTeller } from '../src/elements/recording/recording-news';
import { event, seat, snapshot } from './builders';
import { drawn, page } from './drawn';

const w = words.recording;
const QUESTION = 'May your voice be kept? If you say no, you still speak live.';
const consent = (state: Consent['state'], covers: Consent['covers'] = 'recording'): Consent => ({ state, covers, words: QUESTION });
const LISTENER = snapshot(1).me;
const SPEAKER: Snapshot['me'] = { ...LISTENER, role: 'speaker', permissions: ['step_down'] };
const recorded = (recording: RecordingState) => ({ recording, is_recording: recording === 'on', is_recorded: true });

/** Grace on stage with this answer, beside Ada, who hosts and is kept. */
const speaking = (mine: Consent | null, recording: RecordingState = 'on', fields: object = {}): Snapshot =>
  snapshot(1, {
    space: { ...recorded(recording), ...fields },
    stage: [seat('ada', { role: 'host', is_kept: true }), seat('grace', { is_kept: mine?.state === 'agreed' })],
    me: { ...SPEAKER, consent: mine },
  });
const listening = (recording: RecordingState) => snapshot(1, { space: recorded(recording) });
const hosting = (recording: RecordingState, mine: Consent | null = consent('agreed')): Snapshot => ({
  ...speaking(null, recording),
  me: { ...SPEAKER, user_id: 'ada', role: 'host', consent: mine, permissions: ['record', 'end'] },
});

test('REC is drawn while sound is kept, and says so when it only begins or is paused', () => {
  page();
  const badge = (recording: RecordingState, allows_clips = false) => drawn(recBadge({ recording, allows_clips }));
  assert.match(badge('on'), /badge rec"[^]*REC<\/span><span class="sr">This Space is being recorded/);
  assert.match(badge('starting'), /rec waits[^]*The recording starts in a moment\./);
  assert.match(badge('interrupted'), /rec waits[^]*data-icon=pause[^]*Recording paused, trying again\./);
  assert.equal(badge('off'), '');
  assert.match(badge('off', true), /Clips/);
  assert.ok(!badge('on').includes('part='), 'a host app could hide REC');
});

test('whoever records sees who said yes, who said no and who said nothing', () => {
  const told = (is_kept: boolean, answer: 'asked' | 'agreed' | 'declined' | null) => w.voice[voiceState(seat('bob', { is_kept, consent: answer }))];
  assert.equal(told(true, 'agreed'), 'In the recording');
  assert.equal(told(false, 'asked'), 'Has not answered yet');
  assert.equal(told(false, 'declined'), 'Chose to be left out');
  assert.equal(told(false, 'agreed'), 'Agreed, in it in a moment');
  // Of a server that does not say.
  assert.equal(told(false, null), 'Chose to be left out');
});

test('a no of somebody who may not know the Space any more is taken, and nothing else comes of it', async () => {
  page();
  const taken: Snapshot[] = [];
  const answered: { value: unknown } = { value: { space_id: 'space', agrees: false } };
  const api = { call: async () => answered.value };
  provide({ config: page(), words, api, announce: () => undefined, session: createStore(IDLE_SESSION), openSession: async () => ({}), take: (one: Snapshot) => taken.push(one) } as unknown as Deps);
  provideWords(words);
  assert.equal(await answer(speaking(consent('agreed')), consent('agreed'), false), null);
  assert.equal(taken.length, 0);
  answered.value = speaking(consent('declined'));
  await answer(speaking(consent('agreed')), consent('agreed'), false);
  assert.equal(taken.length, 1);
});

test('who is on stage is asked by name of the host, and the card has both answers', () => {
  page();
  const asked = speaking(consent('asked'));
  assert.equal(asksTitle(asked, consent('asked'), w, 'Host'), 'ADA is recording this Space');
  assert.equal(asksTitle(speaking(consent('asked', 'clips'), 'off'), consent('asked', 'clips'), w, 'Host'), 'ADA allows clips of this Space');
  assert.equal(asksTitle(hosting('on'), consent('agreed'), w, 'Host'), 'You are recording this Space');
  const pair = drawn(answers(consent('asked'), null, () => undefined));
  assert.ok(pair.includes('Leave me out') && pair.includes('Record me'));
  assert.ok(drawn(answers(consent('asked', 'clips'), null, () => undefined)).includes('Allow it'));
});

test('the card is there as long as the question stands open, and never for who only listens', () => {
  page();
  assert.match(drawn(consentCard(speaking(consent('asked')))), /spaces-consent/);
  for (const copy of [speaking(consent('agreed')), speaking(consent('declined')), listening('on'), null]) assert.equal(drawn(consentCard(copy)), '');
});

test('the stage sees who is left out once something is kept; the audience does not', () => {
  const out = seat('carl', { is_kept: false });
  assert.equal(isLeftOut(speaking(consent('agreed')), out), true);
  assert.equal(isLeftOut(speaking(consent('agreed')), seat('ada', { is_kept: true })), false);
  assert.equal(isLeftOut(speaking(consent('asked'), 'starting'), out), false);
  assert.equal(isLeftOut(speaking(null, 'off'), out), false);
  assert.equal(isLeftOut(listening('on'), out), false);
});

test('one line tells what becomes of the own voice, or to the host of everybody\u2019s, and opens the sheet about it', () => {
  const config = page('spaces.record');
  const line = (copy: Snapshot) => stateLine(copy, config, w);
  assert.deepEqual(line(speaking(consent('agreed'))), { text: 'Your voice is recorded', opens: 'consent' });
  assert.deepEqual(line(speaking(consent('declined'))), { text: 'The recording leaves you out', opens: 'consent' });
  assert.equal(line(speaking(consent('asked'))), null);
  assert.deepEqual(line(listening('interrupted')), { text: 'Recording paused, trying again.', opens: null });
  assert.equal(line(listening('on')), null);
  assert.deepEqual(line(hosting('on')), { text: '1 of 2 voices is recorded', opens: 'record' });
  assert.match(drawn(keptLine(speaking(consent('agreed')), () => undefined)), /<button class="kept"/);
  assert.match(drawn(keptLine(listening('starting'), () => undefined)), /<p class="kept"/);
});

test('recording is offered where its flag is open, and can be stopped in any case', () => {
  assert.equal(mayRecord(hosting('off'), page('spaces.record')), true);
  assert.equal(mayRecord(hosting('off'), page()), false);
  assert.equal(mayRecord(hosting('on'), page()), true);
  assert.equal(mayRecord(speaking(consent('agreed')), page('spaces.record')), false);
});

test('the sheets close with what they are about', () => {
  page('spaces.record');
  assert.equal(mayShow({ kind: 'consent' }, speaking(consent('declined'))), true);
  assert.equal(mayShow({ kind: 'consent' }, speaking(null, 'off')), false);
  assert.equal(mayShow({ kind: 'record' }, hosting('off')), true);
  assert.equal(mayShow({ kind: 'record' }, listening('on')), false);
});

test('whoever comes in is told first, a guest that nobody in the audience is kept', () => {
  assert.equal(joinLine(listening('on'), w), 'This Space is being recorded. Your voice is only kept if you go on stage and agree.');
  assert.equal(joinLine(snapshot(1, { space: { allows_clips: true } }), w), w.joinClips);
  assert.equal(joinLine(snapshot(1), w), '');
  const guest = { ...listening('on'), me: { ...LISTENER, user_id: 'guest:1' } };
  assert.equal(joinLine(guest, w), 'This Space is being recorded. Nobody in the audience is.');
});

test('a recording is told and heard as it begins and stops, and a pause in between is neither', () => {
  const teller = new RecordingTeller();
  const hears = (recording: RecordingState) => {
    const { says, cue } = teller.hear(listening(recording), w, 'Host');
    return [says.join(' '), cue];
  };
  assert.deepEqual(hears('off'), ['', null]);
  assert.deepEqual(hears('starting'), ['', null]);
  assert.deepEqual(hears('on'), [w.isOn, 'begins']);
  assert.deepEqual(hears('on'), ['', null]);
  assert.deepEqual(hears('interrupted'), [w.isPaused, null]);
  assert.deepEqual(hears('on'), [w.goesOn, null]);
  assert.deepEqual(hears('off'), [w.hasStopped, 'stops']);
});

test('a recording that breaks off before it began still begins with its cue', () => {
  const teller = new RecordingTeller();
  const hear = (recording: RecordingState) => teller.hear(listening(recording), w, 'Host').cue;
  assert.deepEqual(['starting', 'interrupted', 'starting', 'on'].map((one) => hear(one as RecordingState)), [null, null, null, 'begins']);
});

test('who comes in later hears no cue of a beginning that was, and hears the end', () => {
  for (const found of ['on', 'interrupted'] as const) {
    const teller = new RecordingTeller();
    assert.equal(teller.hear(listening(found), w, 'Host').cue, null);
    assert.equal(teller.hear(listening('off'), w, 'Host').cue, 'stops');
  }
});

test('the question is said aloud once, in the breath of whatever else is new, and again when it is put again', () => {
  const teller = new RecordingTeller();
  const says = (copy: Snapshot) => teller.hear(copy, w, 'Host').says;
  const asked = speaking(consent('asked'));
  assert.deepEqual(says(listening('on')), [w.isOn]);
  assert.deepEqual(says(asked), ['ADA is recording this Space. May your voice be kept?']);
  assert.deepEqual(says(asked), []);
  assert.deepEqual(says(speaking(consent('agreed'))), []);
  assert.deepEqual(says(listening('on')), []);
  assert.deepEqual(says(asked), ['ADA is recording this Space. May your voice be kept?']);
});

test('the end of the Space is told as such, not as the end of its recording', () => {
  const teller = new RecordingTeller();
  teller.hear(listening('on'), w, 'Host');
  const over = snapshot(2, { space: { state: 'ended', recording: 'off', is_recorded: true } });
  assert.deepEqual(teller.hear(over, w, 'Host'), { says: [], cue: null });
  assert.deepEqual(teller.hear(null, w, 'Host'), { says: [], cue: null });
});

test('a recording reaches the copy as a patch, and who is kept with it', () => {
  const copy = { ...speaking(consent('agreed'), 'off'), listeners: { count: 0, sample: [] } };
  const stage = { put: [{ user_id: 'ada', is_kept: false }], drop: [], order: ['ada', 'grace'] };
  const { kind, snapshot: next } = applyEvent(copy, event(2, 1, { space: recorded('on'), stage }, 'recording_began'));
  assert.equal(kind, 'changed');
  assert.deepEqual([next.space.recording, next.space.is_recording], ['on', true]);
  assert.deepEqual(next.stage.map(({ user_id, is_kept, role }) => [user_id, is_kept, role]), [['ada', false, 'host'], ['grace', true, 'speaker']]);
});

test('a new Space is recorded only where the member chose it and may', () => {
  const chosen = { ...EMPTY_DRAFT, title: 'Night trains', is_recorded: true, allows_clips: true };
  assert.deepEqual(newSpaceOf(openPart(chosen, null, page('spaces.record', 'spaces.clip'))), {
    title: 'Night trains', topic_ids: [], audience: 'everyone', speak: 'everyone', is_recorded: true, allows_clips: true,
  });
  const closed = openPart(chosen, null, page());
  assert.deepEqual([closed.is_recorded, closed.allows_clips], [false, false]);
  assert.ok(!drawn(optionFields(chosen, () => undefined)).includes('Record this Space'));
  page('spaces.record', 'spaces.clip');
  const offered = drawn(optionFields(chosen, () => undefined));
  assert.ok(offered.includes('Record this Space') && offered.includes('Each speaker is asked'));
  assert.ok(offered.includes('Clips of 30 seconds') && offered.includes('Speakers can withdraw theirs'));
});

test('a Space that is over says whether there is something to replay', () => {
  page();
  const over = (is_recorded: boolean) => {
    const copy = snapshot(1, { space: { state: 'ended', is_recorded, ended_at: '2026-01-01T01:00:00.000Z' } });
    return drawn(endedCard({ ...IDLE_SESSION, space_id: 'space', snapshot: copy, connection: { kind: 'ended' } }, () => undefined));
  };
  assert.ok(over(false).includes('It was not recorded, so there is nothing to replay.') && !over(false).includes('spaces-kept'));
  assert.ok(over(true).includes('It was recorded.') && over(true).includes('spaces-kept') && !over(true).includes('nothing to replay'));
});

test('each call goes to its own address', async () => {
  const sent: unknown[] = [];
  const calls = recordingCalls({ call: async <T>(...call: unknown[]) => (sent.push(call), undefined as T) });
  await calls.start('a b');
  await calls.stop('x');
  await calls.consent('x', false);
  await calls.find('x');
  assert.deepEqual(sent, [
    ['POST', '/spaces/a%20b/recording/start'],
    ['POST', '/spaces/x/recording/stop'],
    ['POST', '/spaces/x/recording/consent', { agrees: false }],
    ['GET', '/spaces/x/recording'],
  ]);
});
