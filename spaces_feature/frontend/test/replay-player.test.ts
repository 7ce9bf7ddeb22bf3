import './window';
import assert from 'node:assert/strict';
import test, { after, mock } from 'node:test';
import { fileOf } from '../src/replay/download';
import { createLibrary } from '../src/replay/library';
import { createPlaces } from '../src/replay/places';
import { createPlayer } from '../src/replay/player';
import type { Recording } from '../src/replay/recording';
import { addressesOf, byHls, passOn } from '../src/replay/source';
import type { Problem } from '../src/core/types';
import { problem, settled } from './builders';
import { page } from './drawn';
import { recording, turns } from './replay-builders';

Object.assign(globalThis, { document: new EventTarget() });
page();

/** A media element as far as a player needs it; the test is its clock. */
class Element extends EventTarget {
  currentTime = 0;
  paused = true;
  ended = false;
  seeking = false;
  playbackRate = 1;
  defaultPlaybackRate = 1;
  refuses = false;

  async play(): Promise<void> {
    if (this.refuses) throw Object.assign(new Error(), { name: 'NotAllowedError' });
    if (this.paused) {
      this.paused = false;
      this.dispatchEvent(new Event('play'));
    }
    this.dispatchEvent(new Event('playing'));
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }

  /** Lets so many seconds be heard. */
  hear(seconds: number): void {
    for (let left = seconds; left > 0; left -= 0.25) {
      this.currentTime += 0.25;
      this.dispatchEvent(new Event('timeupdate'));
    }
  }
}

/** Closed at the end, whatever failed: an open one waits for its address to end. */
const made: { close(): void }[] = [];
after(() => made.forEach((player) => player.close()));

interface Stage {
  told: Recording | Problem;
  refusal: Problem | null;
  /** Why the playlist's own player does not come. */
  broken: Error | null;
}

function set(fields: Partial<Recording> = {}) {
  const stage: Stage = { told: recording(fields), refusal: null, broken: null };
  const audio = new Element();
  const log: string[] = [];
  let lose: (status: number) => void = () => undefined;
  const storage = new Map<string, string>();
  const places = createPlaces(() => ({ getItem: (key: string) => storage.get(key) ?? null, setItem: (key: string, text: string) => storage.set(key, text) }) as never, () => 'grace');
  const library = createLibrary(
    {
      async get() {
        log.push('asked');
        if ('status' in stage.told) throw stage.told;
        return stage.told;
      },
    },
    () => undefined,
  );
  const player = createPlayer({ rate: 1.25, skips_silence: false }, {
    audio: audio as unknown as HTMLAudioElement,
    library,
    places,
    pauseBefore: async (ms) => void log.push(`after ${ms / 1000} s`),
    async connect(_, url, at_s, lost) {
      if (stage.broken) throw stage.broken;
      log.push(`open ${url} at ${at_s}`);
      audio.currentTime = at_s;
      lose = lost;
      return { renew: async (fresh) => void log.push(`renew ${fresh}`), close: () => log.push('close') };
    },
    mayPlay: async () => stage.refusal,
    listened: (space_id) => log.push(`listened ${space_id}`),
    keepWay: ({ rate }) => log.push(`rate ${rate}`),
    now: () => Date.parse('2026-01-01T00:00:00.000Z') + clock,
  });
  let clock = 0;
  made.push(player);
  return { stage, audio, log, library, places, player, lose: (status: number) => lose(status), later: (ms: number) => (clock += ms) };
}

test('pressing play fetches, begins where it is asked to, at the member\'s own speed', async () => {
  const { player, audio, log } = set();
  assert.equal(await player.play('space', 42), null);
  assert.deepEqual(log, ['asked', 'open /spaces/media/1/replay.m3u8 at 42']);
  assert.equal(audio.playbackRate, 1.25);
  assert.deepEqual([player.get().is_playing, player.get().is_waiting, player.get().at_s], [true, false, 42]);
  player.close();
});

test('whoever is on stage is told so, and nothing is fetched', async () => {
  const { player, stage, log } = set();
  stage.refusal = problem(0, 'on_stage');
  assert.equal((await player.play('space'))?.code, 'on_stage');
  assert.deepEqual([log, player.get().space_id], [[], null]);
});

test('a browser that waits for a tap leaves the replay paused where it was', async () => {
  const { player, audio } = set();
  audio.refuses = true;
  await player.goOn('space', 30, true);
  assert.deepEqual([player.get().is_playing, player.get().space_id, player.get().at_s], [false, 'space', 30]);
  assert.equal(player.get().is_blocked, true, 'nobody says that it waits for a tap');
  audio.refuses = false;
  await player.play('space');
  assert.deepEqual([player.get().is_playing, player.get().is_blocked], [true, false]);
  player.close();
});

test('a replay takes turns with clips and players of the host app', async () => {
  const { player } = set();
  const heard: unknown[] = [];
  document.addEventListener('spaces-plays', () => heard.push('a replay plays'), { once: true });
  await player.play('space');
  assert.deepEqual(heard, ['a replay plays']);
  document.dispatchEvent(new CustomEvent('spaces-plays', { detail: { by: 'a clip' } }));
  assert.deepEqual([player.get().is_playing, player.get().space_id], [false, 'space']);
  player.close();
});

test('paused while it is fetched it stays paused', async () => {
  const { player, audio } = set();
  const playing = player.play('space');
  await Promise.resolve();
  await Promise.resolve();
  player.pause();
  await playing;
  assert.deepEqual([player.get().is_playing, audio.paused], [false, true]);
  player.close();
});

test('without a network it is waited for, less and less often, and goes on where it was', async () => {
  const { player, audio, stage, lose, log } = set();
  await player.play('space', 20);
  audio.hear(4);
  const away = problem(0, 'unreachable');
  stage.told = away;
  const pauses: number[] = [];
  lose(0);
  for (let count = 0; count < 3; count += 1) await settled();
  pauses.push(...log.filter((line) => line.startsWith('after')).map((line) => Number.parseFloat(line.slice(6))));
  assert.ok(pauses.length > 2 && pauses.every((seconds, place) => seconds >= (pauses[place - 1] ?? 0)), String(pauses));
  assert.deepEqual([player.get().is_playing, Boolean(player.get().problem)], [false, true], 'it is tried for ever');
  stage.told = recording({ url: '/spaces/media/2/replay.m3u8' });
  await player.play('space');
  assert.equal(log.filter((line) => line.startsWith('open')).length, 2, 'what was lost is played on');
  assert.match(log.at(-1) ?? '', / at 24$/);
  assert.deepEqual([player.get().is_playing, player.get().problem], [true, null]);
  player.close();
});

test('back after a few tries nobody has to press anything', async () => {
  const { player, audio, library, lose, log } = set();
  await player.play('space', 20);
  audio.hear(4);
  let asked = 0;
  const { load } = library;
  library.load = (space_id) => ((asked += 1) < 4 ? Promise.reject(problem(503, 'away')) : load(space_id));
  lose(0);
  await settled();
  assert.equal(log.at(-1), 'open /spaces/media/1/replay.m3u8 at 24');
  assert.deepEqual([player.get().is_playing, player.get().problem], [true, null]);
  player.close();
});

test('a player that does not come is told in words', async () => {
  const { player, stage } = set();
  stage.broken = new TypeError('Failed to fetch dynamically imported module');
  await player.play('space');
  assert.ok(player.get().problem?.title);
  assert.equal(player.get().is_playing, false);
  player.close();
});

test('sound that does not come for seconds is spoken of, until it comes', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { player, audio } = set();
    await player.play('space');
    audio.dispatchEvent(new Event('waiting'));
    mock.timers.tick(5999);
    assert.equal(player.get().problem, null);
    mock.timers.tick(1);
    assert.equal(player.get().problem?.title, 'Waiting for the sound.');
    audio.dispatchEvent(new Event('playing'));
    assert.equal(player.get().problem, null);
    player.close();
  } finally {
    mock.timers.reset();
  }
});

test('who listens for ten seconds is counted, once; who jumps about is not', async () => {
  const { player, audio, log } = set();
  await player.play('space');
  for (let count = 0; count < 8; count += 1) player.seek(count * 10);
  audio.hear(9.5);
  assert.ok(!log.includes('listened space'));
  audio.hear(15);
  assert.equal(log.filter((line) => line === 'listened space').length, 1);
  // Also after the sound was opened anew, as a trim does it.
  await player.changed(recording({ starts_at_s: 10, duration_s: 90 }));
  audio.hear(15);
  assert.equal(log.filter((line) => line === 'listened space').length, 1);
  player.close();
});

test('with silence skipped playing goes on at the next voice, without it not', async () => {
  const { player, audio } = set({ turns: turns('ada 0-10, bob 60-100') });
  await player.play('space', 8);
  audio.hear(5);
  assert.equal(player.get().at_s, 13);
  player.setWay({ skips_silence: true });
  audio.hear(0.25);
  assert.equal(player.get().at_s, 59.5);
  audio.hear(2);
  assert.equal(player.get().at_s, 61.5);
  player.close();
});

test('the place is remembered from the beginning of all that was kept, whatever is cut off', async () => {
  const { player, audio, places } = set({ starts_at_s: 300, duration_s: 1000 });
  await player.play('space', 100);
  audio.hear(6);
  player.pause();
  assert.equal(places.get('space'), 406);
  player.close();
});

test('addresses are renewed before they end, without losing the place', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { player, stage, log } = set();
    await player.play('space', 20);
    stage.told = recording({ url: '/spaces/media/2/replay.m3u8', url_expires_at: '2026-01-01T00:20:00.000Z' });
    mock.timers.tick(9 * 60_000 - 1);
    await settled();
    assert.equal(log.filter((line) => line === 'asked').length, 1);
    mock.timers.tick(1);
    await settled();
    assert.equal(log.at(-1), 'renew /spaces/media/2/replay.m3u8');
    assert.deepEqual([player.get().is_playing, player.get().at_s], [true, 20]);
    player.close();
  } finally {
    mock.timers.reset();
  }
});

test('sound that stopped coming, say after a night asleep, is asked for anew at the same place', async () => {
  const { player, audio, log, stage, lose } = set();
  await player.play('space', 20);
  audio.hear(4);
  stage.told = recording({ url: '/spaces/media/2/replay.m3u8' });
  lose(403);
  await settled();
  assert.equal(log.at(-1), 'open /spaces/media/2/replay.m3u8 at 24');
  assert.equal(player.get().is_playing, true);
  player.close();
});

test('sound that is lost again at once is told, not tried for ever', async () => {
  const { player, lose, log } = set();
  await player.play('space', 20);
  lose(403);
  await settled();
  lose(403);
  await settled();
  assert.equal(player.get().is_playing, false);
  assert.ok(player.get().problem);
  assert.equal(log.filter((line) => line.startsWith('open')).length, 2);
  player.close();
});

test('a recording that was deleted meanwhile stops, and says so', async () => {
  const { player, stage, lose } = set();
  await player.play('space', 20);
  stage.told = recording({ state: 'deleted', url: null });
  lose(404);
  await settled();
  assert.deepEqual([player.get().is_playing, player.get().problem?.title], [false, 'This replay is gone']);
  player.close();
  player.close();
});

test('cutting off the beginning keeps the playhead with what was being said', async () => {
  const { player, log } = set({ duration_s: 1000 });
  await player.play('space', 100);
  await player.changed(recording({ starts_at_s: 40, duration_s: 960, url: '/spaces/media/3/replay.m3u8' }));
  assert.equal(player.get().at_s, 60);
  await player.changed(recording({ starts_at_s: 0, duration_s: 1000 }));
  assert.equal(player.get().at_s, 100);
  assert.equal(log.filter((line) => line.startsWith('open')).length, 3);
  player.close();
});

test('other chapters are no other sound', async () => {
  const { player, log } = set();
  await player.play('space', 50);
  await player.changed(recording({ chapters: [{ at_s: 0, title: 'Hello' }] }));
  assert.equal(log.filter((line) => line.startsWith('open')).length, 1);
  player.close();
});

test('a headset that is pulled out pauses; closing the player forgets the replay', async () => {
  const { player, audio } = set();
  await player.play('space', 50);
  audio.pause();
  assert.deepEqual([player.get().is_playing, player.get().space_id], [false, 'space']);
  player.close();
  assert.equal(player.get().space_id, null);
});

test('an answer that comes after the player was closed changes nothing', async () => {
  const { player, audio } = set();
  const playing = player.play('space', 50);
  player.close();
  await playing;
  assert.deepEqual([player.get().space_id, audio.paused], [null, true]);
});

test('what is gone for good is not shown any more, what is away for a moment is', async () => {
  const { library, stage } = set();
  await library.load('space');
  stage.told = problem(503, 'away');
  await assert.rejects(library.load('space'));
  assert.equal(library.of('space').get().recording?.space_id, 'space');
  stage.told = problem(404, 'not_found');
  await assert.rejects(library.load('space'));
  assert.deepEqual([library.of('space').get().recording, library.of('space').get().problem?.status], [null, 404]);
});

/** As much of hls.js as a replay uses. */
class Library {
  static Events = { ERROR: 'error' };
  static ErrorTypes = { NETWORK_ERROR: 'network', MEDIA_ERROR: 'media' };
  static made: Library;
  levels = [{ details: { fragments: [] } }];
  log: string[] = [];
  tell: (name: string, error: object) => void = () => undefined;
  constructor() {
    Library.made = this;
  }
  on(_: string, listener: (name: string, error: object) => void): void {
    this.tell = listener;
  }
  loadSource = (url: string) => void this.log.push(`load ${url}`);
  attachMedia = () => undefined;
  startLoad = () => void this.log.push('go on');
  recoverMediaError = () => void this.log.push('repair');
  destroy = () => void this.log.push('over');
}

test('segments that do not come are asked for again while what is fetched plays on; a refused address is told', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const lost: number[] = [];
    const source = byHls(Library as never, {} as never, '/list', 0, (status) => lost.push(status));
    const { log, tell } = Library.made;
    for (const code of [0, 502, undefined]) {
      tell('error', { fatal: true, type: 'network', response: { code } });
      mock.timers.tick(2000);
    }
    assert.deepEqual(log, ['load /list', 'go on', 'go on', 'go on']);
    tell('error', { fatal: true, type: 'network', response: { code: 403 } });
    Library.made.levels = [];
    tell('error', { fatal: true, type: 'network', response: { code: 0 } });
    await Promise.resolve();
    assert.deepEqual(lost, [403, 0]);
    source.close();
  } finally {
    mock.timers.reset();
  }
});

const LIST = `#EXTM3U
#EXT-X-MAP:URI="init.mp4"
#EXTINF:1.0,
00000001.m4s
#EXT-X-GAP
#EXTINF:1.0,
00000002q.m4s
#EXT-X-ENDLIST
`;

test('a playlist is read as addresses in order, from where it lies', () => {
  assert.deepEqual(addressesOf(LIST, 'http://plaza.test/spaces/media/9/s/kept/a/b/replay.m3u8'), {
    init: 'http://plaza.test/spaces/media/9/s/kept/a/b/init.mp4',
    segments: ['http://plaza.test/spaces/media/9/s/kept/a/b/00000001.m4s', 'http://plaza.test/spaces/media/9/s/kept/a/b/00000002q.m4s'],
  });
});

test('segments get their new addresses in place; another number of them is another sound', () => {
  const fragments = () => ['a', 'b'].map((url) => ({ url, initSegment: { url: 'init' } }) as never);
  const list = addressesOf(LIST, 'http://plaza.test/2/replay.m3u8');
  const some = fragments() as { url: string; initSegment: { url: string } }[];
  assert.equal(passOn(some as never, list), true);
  assert.deepEqual([some[0]!.url, some[0]!.initSegment.url], [list.segments[0], list.init]);
  const fewer = fragments().slice(1) as { url: string }[];
  assert.equal(passOn(fewer as never, list), false);
  assert.equal(fewer[0]!.url, 'b');
});

test('the file is waited for while it is made, and no longer than makes sense', async () => {
  let asked = 0;
  const ask = async () => recording({ download_url: (asked += 1) === 3 ? '/file.m4a' : null });
  assert.equal(await fileOf(ask, async () => undefined), '/file.m4a');
  assert.equal(asked, 3);
  const never = await fileOf(async () => recording(), async () => undefined);
  assert.equal((never as Problem).code, 'download');
  const gone = await fileOf(async () => recording({ state: 'deleted' }), async () => undefined);
  assert.equal((gone as Problem).code, 'deleted');
});
