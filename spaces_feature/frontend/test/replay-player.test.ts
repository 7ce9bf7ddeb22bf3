import './window';
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { fileOf } from '../src/replay/download';
import { createLibrary } from '../src/replay/library';
import { createPlaces } from '../src/replay/places';
import { createPlayer } from '../src/replay/player';
import type { Recording } from '../src/replay/recording';
import { addressesOf, passOn } from '../src/replay/source';
import type { Problem } from '../src/core/types';
import { problem, settled } from './builders';
import { page } from './drawn';
import { recording, turns } from './replay-builders';

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
    this.paused = false;
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

interface Stage {
  told: Recording | Problem;
  refusal: Problem | null;
}

function set(fields: Partial<Recording> = {}) {
  const stage: Stage = { told: recording(fields), refusal: null };
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
    async connect(_, url, at_s, lost) {
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
  audio.refuses = false;
  await player.play('space');
  assert.equal(player.get().is_playing, true);
  player.close();
});

test('who listens for ten seconds is counted, once; who jumps about is not', async () => {
  const { player, audio, log } = set();
  await player.play('space');
  for (let count = 0; count < 8; count += 1) player.seek(count * 10);
  audio.hear(9.5);
  assert.ok(!log.includes('listened space'));
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
