import assert from 'node:assert/strict';
import test from 'node:test';
import { chapterAt, chapterSpans, chaptersOf, heardChapters, secondsOf } from '../src/replay/chapters';
import { reactionCurve, reactionSteps } from '../src/replay/curve';
import { actionOf } from '../src/replay/keys';
import { lanesOf, pillsOf } from '../src/replay/lanes';
import { landing, nextSpeaker, silences, voicesAt } from '../src/replay/voices';
import { replayWords as words } from '../src/replay/words';
import { recording, turns } from './replay-builders';

test('silence is where nobody talks for two seconds, also before the first word and after the last', () => {
  const said = turns('ada 3-10, bob 9-20, ada 21.5-30, bob 40-90');
  assert.deepEqual(silences(said, 100), [{ from_s: 0, to_s: 3 }, { from_s: 30, to_s: 40 }, { from_s: 90, to_s: 100 }]);
});

test('where nobody knows who talked there is no silence to skip', () => {
  assert.deepEqual(silences([], 100), []);
});

test('skipping leaves half a second at both ends of a silence, and none before the first word', () => {
  const silent = silences(turns('ada 3-10, ada 20-100'), 100);
  assert.equal(landing(silent, 0), 2.5);
  assert.equal(landing(silent, 10.4), null);
  assert.equal(landing(silent, 10.5), 19.5);
  assert.equal(landing(silent, 19.5), null);
  assert.equal(landing(silent, 50), null);
});

test('a skip lands where nothing is to be skipped any more, wherever it began', () => {
  const silent = silences(turns('ada 2-4, bob 6.1-7, ada 30-31'), 60);
  for (let at = 0; at < 60; at += 0.05) {
    const to = landing(silent, at);
    if (to !== null) assert.ok(to > at && landing(silent, to) === null, `from ${at} to ${to}`);
  }
});

test('who is heard is who talks now, who began last first', () => {
  const said = turns('ada 0-20, bob 5-10, ada 6-7');
  assert.deepEqual(voicesAt(said, 6.5), ['ada', 'bob']);
  assert.deepEqual(voicesAt(said, 5.5), ['bob', 'ada']);
  assert.deepEqual([voicesAt(said, 20), voicesAt(said, 19.9)], [[], ['ada']]);
});

test('the next speaker is somebody else, past remarks', () => {
  const said = turns('ada 0-20, bob 22-23, ada 24-40, eve 41-50');
  assert.equal(nextSpeaker(said, 5), 40.7);
  assert.equal(nextSpeaker(said, 45), null);
});

test('where only remarks are left, the next of them counts', () => {
  assert.equal(nextSpeaker(turns('ada 0-20, bob 22-23'), 5), 21.7);
});

test('between two turns the next speaker is not who talked last', () => {
  assert.equal(nextSpeaker(turns('ada 0-20, ada 30-40, bob 50-60'), 25), 49.7);
});

test('pressed again and again, next speaker goes through all of them and stops', () => {
  const said = turns('ada 0-10, bob 10-20, ada 20-30, eve 28-40, bob 45-60');
  const found: number[] = [];
  for (let at: number | null = 0; (at = nextSpeaker(said, at)) !== null; ) found.push(at);
  assert.deepEqual(found, [9.7, 19.7, 27.7, 44.7]);
});

test('the host has the first lane, then whoever talked most; the rest share one', () => {
  const said = turns('ada 0-1, b 1-10, c 10-30, d 30-35, e 35-41, f 41-44, g 44-46, h 46-47');
  const names = (showsAll: boolean) => lanesOf(recording({ turns: said }), showsAll).map(({ talkers }) => talkers.map(({ user_id }) => user_id).join());
  assert.deepEqual(names(false), ['ada', 'c', 'b', 'e', 'd', 'f,g,h']);
  assert.deepEqual(names(true), ['ada', 'c', 'b', 'e', 'd', 'f', 'g', 'h']);
});

test('one speaker too many gets a lane, not a line that says so', () => {
  const said = turns('ada 0-1, b 1-2, c 2-3, d 3-4, e 4-5, f 5-6');
  assert.equal(lanesOf(recording({ turns: said }), false).length, 6);
});

test('who is not in the recording has no lane', () => {
  const told = recording({ turns: turns('ada 0-5') });
  told.speakers.push({ ...told.speakers[0]!, user_id: 'left-out', talked_s: 0 });
  assert.equal(lanesOf(told, false).length, 1);
});

test('turns are drawn as fractions, close ones as one, and never past the end', () => {
  const drawn = pillsOf(turns('ada 0-10, ada 10.1-20, ada 50-50.01, ada 99.99-140'), 100);
  assert.deepEqual(drawn[0], { from: 0, size: 0.2 });
  assert.equal(drawn.length, 3);
  assert.ok(drawn.every(({ from, size }) => from >= 0 && size > 0 && from + size <= 1.000001));
  assert.deepEqual(pillsOf(turns('ada 0-1'), 0), []);
});

test('an hour of quick turns stays a drawing of few parts', () => {
  const said = Array.from({ length: 5000 }, (_, place) => ({ user_id: 'ada', from_s: place * 0.72, to_s: place * 0.72 + 0.5 }));
  assert.ok(pillsOf(said, 3600).length <= 400);
});

test('chapters: which plays, and how long each is', () => {
  const chapters = [{ at_s: 5, title: 'Hello' }, { at_s: 40, title: 'Files' }];
  assert.deepEqual([0, 5, 39.9, 40, 99].map((at_s) => chapterAt(chapters, at_s)), [-1, 0, 0, 1, 1]);
  assert.deepEqual(chapterSpans(chapters, 100).map(({ to_s }) => to_s), [40, 100]);
});

test('of chapters that a trim pushed to the beginning only the one that is heard there is left', () => {
  const titles = (chapters: { at_s: number; title: string }[]) => heardChapters(chapters).map(({ title }) => title);
  assert.deepEqual(titles([{ at_s: 0, title: 'a' }, { at_s: 0, title: 'b' }, { at_s: 9, title: 'c' }]), ['b', 'c']);
  assert.deepEqual(titles([]), []);
});

test('times are typed as people write them', () => {
  assert.deepEqual(['45', '0:45', '12:40', '1:02:03', '72:00', ' 3:05 '].map(secondsOf), [45, 45, 760, 3723, 4320, 185]);
  for (const typed of ['', 'soon', '1:75', '1:60:00', '-5', '1.5', '1:2:3:4']) assert.equal(secondsOf(typed), null, typed);
});

test('typed chapters come out in order, empty lines left out', () => {
  const typed = [{ at: '0:40', title: ' Files ' }, { at: '', title: ' ' }, { at: '0:05', title: 'Hello' }];
  const { chapters, troubles } = chaptersOf(typed, 100);
  assert.deepEqual(chapters, [{ at_s: 5, title: 'Hello' }, { at_s: 40, title: 'Files' }]);
  assert.equal(troubles.size, 0);
});

test('each wrong line says what is wrong with it', () => {
  const typed = [{ at: 'soon', title: 'A' }, { at: '2:00', title: 'B' }, { at: '0:10', title: '' }, { at: '0:20', title: 'C' }, { at: '20', title: 'D' }];
  assert.deepEqual([...chaptersOf(typed, 100).troubles], [[0, 'time'], [1, 'late'], [2, 'title'], [4, 'same']]);
});

test('reactions are a line with its peak where they came, and none where nobody reacted', () => {
  const told = { duration_s: 900, reactions: [{ at_s: 450, count: 40 }, { at_s: 5, count: 1 }] };
  const steps = reactionSteps(told);
  assert.equal(steps.indexOf(Math.max(...steps)), 45);
  assert.match(reactionCurve(told).line, /^M0\.0 /);
  assert.equal(reactionCurve({ duration_s: 900, reactions: [] }).line, '');
  assert.equal(reactionCurve({ duration_s: 0, reactions: [{ at_s: 0, count: 3 }] }).line, '');
});

test('a lonely heart is no applause', () => {
  const height = (count: number) => {
    const { line } = reactionCurve({ duration_s: 900, reactions: [{ at_s: 450, count }] });
    return Math.min(...line.slice(1).split('L').map((point) => Number(point.split(' ')[1])));
  };
  assert.ok(height(1) > height(40) + 20);
});

test('keys: the arrows follow the timeline, which mirrors', () => {
  const press = (key: string, isRtl = false, held = {}, withLetters = true) =>
    actionOf({ key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...held }, isRtl, withLetters);
  assert.deepEqual(press('ArrowRight'), { do: 'by', seconds: 5 });
  assert.deepEqual(press('ArrowRight', true), { do: 'by', seconds: -5 });
  assert.deepEqual([press('j'), press('l')], [{ do: 'by', seconds: -15 }, { do: 'by', seconds: 30 }]);
  assert.deepEqual(press('ArrowRight', false, { shiftKey: true }), { do: 'by', seconds: 1 });
  assert.deepEqual(press('K', false, { shiftKey: true }), { do: 'toggle' });
  assert.deepEqual([press('0'), press('9')], [{ do: 'to', part: 0 }, { do: 'to', part: 0.9 }]);
  assert.deepEqual([press(' '), press('n')], [{ do: 'toggle' }, { do: 'next' }]);
  assert.deepEqual([press('l', false, { ctrlKey: true }), press('x'), press('Tab')], [null, null, null]);
});

test('keys: outside of the replay nothing that somebody types does anything', () => {
  const press = (key: string) => actionOf({ key, shiftKey: false, altKey: false, ctrlKey: false, metaKey: false }, false, false);
  assert.deepEqual(['j', 'k', 'l', 'n', '5'].map(press), [null, null, null, null, null]);
  assert.deepEqual([press(' '), press('ArrowLeft')], [{ do: 'toggle' }, { do: 'by', seconds: -5 }]);
});

test('a place is read aloud with its time in words, who talks and the chapter', () => {
  const hospital = words.place(1884.4, 4320, ['Margaret Oduya'], 'The hospital');
  assert.equal(hospital, '31 minutes 24 seconds of 1 hour 12 minutes, Margaret Oduya is talking, chapter The hospital');
  assert.equal(words.place(61, 62, ['Ada', 'Bob'], ''), '1 minute 1 second of 1 minute 2 seconds, Ada and Bob are talking');
  assert.equal(words.place(0.4, 60, [], ''), '0 seconds of 1 minute, nobody is talking');
});
