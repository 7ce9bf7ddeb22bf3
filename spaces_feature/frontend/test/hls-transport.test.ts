import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Transport, TransportListeners } from '../src/room/transport';
import { settled } from './builders';

const AT = Date.parse('2026-01-01T00:00:12.010Z');
const PLAYLIST = `#EXTM3U\n#EXT-X-PROGRAM-DATE-TIME:${new Date(AT).toISOString()}\n00000012.m4s\n00000013.m4s`;

/** A media element of a browser that plays playlists by itself. */
class Sound extends EventTarget {
  src = '';
  volume = 1;
  muted = false;
  paused = true;
  currentTime = 0;
  loads = 0;
  isBlocked = false;
  end = 10;
  readonly seekable = { length: 1, end: () => this.end };

  async play(): Promise<void> {
    if (this.isBlocked) throw Object.assign(new Error('a tap first'), { name: 'NotAllowedError' });
    this.paused = false;
    this.dispatchEvent(new Event('playing'));
  }

  pause(): void {
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }

  load(): void {
    this.loads += 1;
  }

  removeAttribute(): void {
    this.src = '';
  }

  getStartDate(): Date {
    return new Date(AT);
  }
}

const made: Sound[] = [];
Object.assign(globalThis, {
  location: { href: 'http://plaza.test/feed' },
  document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
  Audio: function () {
    made.push(new Sound());
    return made.at(-1);
  },
});
const { openSegments } = await import('../src/room/hls');

interface Heard {
  transport: Transport;
  told: unknown[][];
  audio: Sound;
  /** So much time passes in which the sound moves, or does not. */
  pass(ms: number, isMoving?: boolean): Promise<void>;
}

const silent = new Proxy({} as TransportListeners, { get: () => () => undefined });

function opened(context: TestContext, answer: () => Response = () => new Response(PLAYLIST)): Heard {
  let clock = 0;
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  context.mock.method(performance, 'now', () => clock);
  context.mock.method(globalThis, 'fetch', async (url: string) => (url.endsWith('json') ? Response.json({ step_ms: 100, levels: { ada: Array(10).fill(-6) } }) : answer()));
  const told: unknown[][] = [];
  const listeners = new Proxy({} as TransportListeners, { get: (_, name) => (...said: unknown[]) => void told.push([name, ...said]) });
  const transport = openSegments(listeners);
  const audio = made[0]!;
  Object.assign(audio, { paused: true, currentTime: 0, isBlocked: false, volume: 1, muted: false, end: 10 });
  return {
    transport,
    told,
    audio,
    async pass(ms, isMoving = true) {
      for (let left = ms; left > 0; left -= 100) {
        clock += 100;
        if (isMoving && !audio.paused) {
          audio.currentTime += 0.1;
          audio.end += 0.1;
        }
        context.mock.timers.tick(100);
        await settled();
      }
    },
  };
}

test('one element serves the document, is touched by the first tap, and is silent once it is dropped', async (context) => {
  const { transport, audio, told } = opened(context);
  const before = audio.loads;
  await transport.startAudio();
  assert.equal(audio.loads, before + 1);
  await transport.connect('/media/1/live/index.m3u8', '');
  assert.deepEqual([audio.src, audio.paused, told], ['http://plaza.test/media/1/live/index.m3u8', false, [['sound', false]]]);
  await transport.drop();
  assert.deepEqual([audio.src, audio.paused, made.length], ['', true, 1]);
});

test('what plays tells who talks, that it is heard, and how late it is', async (context) => {
  const { transport, told, pass, audio } = opened(context);
  await transport.connect('/media/1/live/index.m3u8', '');
  audio.currentTime = 7;
  await pass(1500);
  assert.deepEqual(told.filter(([name]) => name !== 'sound').map(([name]) => name).sort(), ['late', 'played', 'talking']);
  assert.deepEqual(told.find(([name]) => name === 'talking'), ['talking', ['ada']]);
  assert.equal(Math.round(told.find(([name]) => name === 'late')![1] as number), 3);
  assert.equal((await transport.amplitudes()).get('ada')?.toFixed(1), '0.5');
  await transport.drop();
});

test('sound that stands still is lost after six seconds', async (context) => {
  const { transport, told, pass } = opened(context);
  await transport.connect('/media/1/live/index.m3u8', '');
  await pass(1000);
  await pass(6000, false);
  assert.equal(told.some(([name]) => name === 'lost'), false);
  await pass(1500, false);
  assert.deepEqual(told.find(([name]) => name === 'lost'), ['lost', 'unknown']);
  await transport.drop();
});

test('where the browser wants a tap that is told, nothing is lost meanwhile, and the tap brings the sound', async (context) => {
  const { transport, told, pass, audio } = opened(context);
  audio.isBlocked = true;
  await transport.connect('/media/1/live/index.m3u8', '');
  await pass(20_000);
  assert.deepEqual(told, [['sound', true]]);
  await assert.rejects(transport.startAudio());
  audio.isBlocked = false;
  await transport.startAudio();
  assert.equal(audio.paused, false);
  await transport.drop();
});

test('a system that takes the sound is told, and so is its giving it back', async (context) => {
  const { transport, told, pass, audio } = opened(context);
  await transport.connect('/media/1/live/index.m3u8', '');
  audio.pause();
  await pass(400);
  assert.deepEqual(told.at(-1), ['sound', true]);
  Object.assign(audio, { currentTime: 7, end: 60 });
  await transport.startAudio();
  assert.deepEqual([told.at(-1), audio.currentTime], [['sound', false], 58], 'what was missed is skipped');
  const before = told.length;
  await transport.drop();
  await pass(400);
  assert.equal(told.length, before, 'a dropped Room still talks');
});

test('a fresh address begins at its newest sound, and a volume of nothing is silence everywhere', async (context) => {
  const { transport, audio } = opened(context);
  await transport.connect('/media/1/live/index.m3u8', '');
  transport.renew!('/media/2/live/index.m3u8');
  assert.deepEqual([audio.src, audio.paused], ['http://plaza.test/media/2/live/index.m3u8', false]);
  transport.setVolume(0);
  assert.deepEqual([audio.volume, audio.muted], [0, true]);
  transport.setVolume(0.5);
  assert.equal(audio.muted, false);
  await transport.drop();
});

test('the last words of a Space that is over are heard until what was fetched has played', async (context) => {
  const { transport, audio, told, pass } = opened(context);
  await transport.connect('/media/1/live/index.m3u8', '');
  await transport.drop(true);
  told.length = 0;
  await pass(2000);
  assert.deepEqual([audio.paused, told], [false, []]);
  audio.dispatchEvent(new Event('waiting'));
  assert.deepEqual([audio.src, audio.paused], ['', true]);
});

test('last words give way to whatever else begins to play, and come to an end by themselves', async (context) => {
  const { transport, audio } = opened(context);
  await transport.connect('/media/1/live/index.m3u8', '');
  await transport.drop(true);
  document.dispatchEvent(new Event('spaces-plays'));
  assert.equal(audio.paused, true);

  const next = openSegments(silent);
  await next.connect('/media/1/live/index.m3u8', '');
  await next.drop(true);
  context.mock.timers.tick(8000);
  assert.equal(audio.paused, true);
});

test('what is dropped while it is waited for does not begin to play', async (context) => {
  const { transport, audio, told } = opened(context, () => new Response('', { status: 404 }));
  const connecting = transport.connect('/media/1/live/index.m3u8', '');
  await settled();
  await transport.drop();
  await assert.rejects(connecting);
  assert.deepEqual([audio.src, audio.paused, told], ['', true, []]);
});
