import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { createLevels } from '../src/room/hls-levels';
import { awaitPlaylist, fileOf, marksOf, segmentAt } from '../src/room/hls-playlist';
import { beside, type Heard } from '../src/room/hls-source';
import { settled } from './builders';

const FOLDER = 'http://plaza.test/spaces/media/1/sig/live/space/random';
const AT = Date.parse('2026-01-01T00:00:12.010Z');

const playlist = (number = 12, at = AT) =>
  [
    '#EXTM3U',
    '#EXT-X-MAP:URI="init.mp4"',
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(at).toISOString()}`,
    '#EXTINF:1.00267,',
    fileOf(number),
    '#EXTINF:1.00267,',
    fileOf(number + 1),
  ].join('\n');

/** Answers of a server, one for each request; the last one stays. Returns what was asked. */
function served(context: TestContext, answers: [status: number, body: string, date?: number][]): string[] {
  const asked: string[] = [];
  context.mock.method(globalThis, 'fetch', async (url: string) => {
    asked.push(url);
    const [status, body, date] = answers[Math.min(asked.length, answers.length) - 1]!;
    return new Response(body, { status, headers: date ? { Date: new Date(date).toUTCString() } : {} });
  });
  return asked;
}

test('a playlist that is not there yet, or that nobody writes any more, is waited for', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const single = playlist().split('\n').slice(0, 5).join('\n');
  const asked = served(context, [[404, ''], [200, single, AT + 1000], [200, playlist(), AT + 60_000], [503, ''], [200, playlist(20, AT + 60_000), AT + 61_000]]);
  let found = '';
  void awaitPlaylist(() => `${FOLDER}/index.m3u8`, new AbortController().signal).then((text) => (found = text));
  for (const count of [1, 2, 3, 4]) {
    await settled();
    assert.deepEqual([asked.length, found], [count, '']);
    context.mock.timers.tick(500);
  }
  await settled();
  assert.equal(found, playlist(20, AT + 60_000));
});

test('a refused playlist is not waited for, nor one that nobody wants any more', async (context) => {
  served(context, [[403, '']]);
  await assert.rejects(awaitPlaylist(() => FOLDER, new AbortController().signal), /403/);
  const dropped = new AbortController();
  served(context, [[404, '']]);
  const waiting = awaitPlaylist(() => FOLDER, dropped.signal);
  await settled();
  dropped.abort();
  await assert.rejects(waiting);
});

test('segments are found by the moment that is heard, on the grid of whole frames', () => {
  const [mark] = marksOf(playlist());
  assert.deepEqual(mark, { number: 12, at: AT });
  assert.deepEqual(segmentAt(AT, mark!), { number: 12, into_ms: 0 });
  const next = segmentAt(AT + 1500, mark!);
  assert.equal(next.number, 13);
  // Segment 12 begins with frame 563 and 13 with frame 610: 47 frames of 21.33 ms.
  assert.ok(Math.abs(next.into_ms - (1500 - 47 * (1024 / 48))) < 0.001);
  assert.equal(segmentAt(AT - 1, mark!).number, 11);
  assert.equal(fileOf(12), '00000012.m4s');
});

test('whatever is fetched is fetched beside the newest address', () => {
  const fresh = 'http://plaza.test/spaces/media/2/other/live/space/random/index.m3u8';
  assert.equal(beside(fresh, `${FOLDER}/00000012.m4s`), fresh.replace('index.m3u8', '00000012.m4s'));
  assert.equal(beside(fresh, `${FOLDER}/index.m3u8`), fresh);
});

test('rings follow what is heard, by one small file for each segment, fetched ahead of it', async (context) => {
  const look: { visibilityState: string } = { visibilityState: 'visible' };
  Object.assign(globalThis, { document: look });
  const file = (levels: object) => JSON.stringify({ n: 12, at: '', step_ms: 100, levels });
  const asked = served(context, [
    [200, file({ ada: [-20, -127, -40], alan: [-20, -6, -127] })],
    [200, file({ ada: [-6] })],
    [404, ''],
    [404, ''],
    [200, file({ alan: [-20] })],
    [404, ''],
  ]);
  let heard: Heard | null = null;
  const amplitudes = createLevels(() => heard, () => `${FOLDER}/index.m3u8`);
  const at = (number: number, into_ms: number) => {
    heard = { url: `${FOLDER}/${fileOf(number)}`, into_ms };
    return [...amplitudes()].map(([identity, amplitude]) => [identity, Number(amplitude.toFixed(2))]);
  };
  assert.deepEqual([...amplitudes()], []);
  assert.deepEqual(at(12, 0), []);
  await settled();
  assert.deepEqual(asked, [`${FOLDER}/00000012.json`, `${FOLDER}/00000013.json`]);
  assert.deepEqual(at(12, 50), [['ada', 0.1], ['alan', 0.1]]);
  assert.deepEqual(at(12, 100), [['alan', 0.5], ['ada', 0]]);
  assert.deepEqual(at(12, 250), [['ada', 0.01], ['alan', 0]]);
  assert.deepEqual(at(12, 900), [['ada', 0], ['alan', 0]]);
  assert.deepEqual(at(13, 0), [['ada', 0.5]]);
  await settled();
  assert.deepEqual([asked.length, at(14, 0)], [3, []]);
  await settled();
  assert.deepEqual([at(14, 0), asked.length], [[], 5], 'what was not there ahead of its time is asked for once more');
  assert.deepEqual([at(15, 0), asked.length], [[['alan', 0.1]], 6]);
  look.visibilityState = 'hidden';
  assert.deepEqual([at(20, 0), asked.length], [[], 6]);
});
