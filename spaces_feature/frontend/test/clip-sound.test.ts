import assert from 'node:assert/strict';
import test from 'node:test';
import type { Deps } from '../src/core/deps';
import { IDLE_SESSION } from '../src/core/idle-session';
import { createStore } from '../src/core/store';
import type { ConnectionView, Session, SessionState } from '../src/core/types';
import { Preview } from '../src/elements/clip/clip-preview';
import { takeTurns } from '../src/elements/clip/clip-sound';
import { provide } from '../src/elements/context';

const page = new EventTarget();
Object.assign(globalThis, {
  document: new EventTarget(),
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
});

/** As much of a media element as turns are taken with. */
class Sound extends EventTarget {
  paused = true;

  play(): void {
    this.paused = false;
    this.dispatchEvent(new Event('play'));
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }
}

function dock(kind: ConnectionView['kind']): { session: ReturnType<typeof createStore<SessionState>>; volumes: number[] } {
  const session = createStore<SessionState>({ ...IDLE_SESSION, connection: { kind } as ConnectionView, volume: 0.8 });
  const volumes: number[] = [];
  const setVolume = (volume: number) => {
    volumes.push(volume);
    session.set({ ...session.get(), volume });
  };
  provide({ session, openSession: async () => ({ setVolume }) as unknown as Session } as unknown as Deps);
  return { session, volumes };
}

function sound(): Sound {
  const made = new Sound();
  takeTurns(made as unknown as HTMLMediaElement);
  return made;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('one thing plays at a time', () => {
  dock('idle');
  const [first, second] = [sound(), sound()];
  first.play();
  second.play();
  assert.deepEqual([first.paused, second.paused], [true, false]);
  document.dispatchEvent(new CustomEvent('spaces-plays', { detail: { by: 'a player of the host app' } }));
  assert.equal(second.paused, true);
});

test('the Space in the dock is lowered while a clip plays, and comes back with the volume it had', async () => {
  const { volumes } = dock('connected');
  const clip = sound();
  clip.play();
  await settled();
  assert.equal(volumes.length, 1);
  assert.ok(volumes[0]! < 0.2 && volumes[0]! > 0);
  clip.pause();
  await settled();
  assert.equal(volumes[1], 0.8);
});

test('from one clip to the next the Space stays low, and is never taken for what was chosen', async () => {
  const { session } = dock('connected');
  const [first, second] = [sound(), sound()];
  first.play();
  await settled();
  second.play();
  await settled();
  assert.ok(session.get().volume < 0.2);
  second.pause();
  await settled();
  assert.equal(session.get().volume, 0.8);
});

test('a page that is left while a clip plays goes on with the volume that was chosen', async () => {
  const { session } = dock('connected');
  sound().play();
  await settled();
  page.dispatchEvent(new Event('pagehide'));
  await settled();
  assert.equal(session.get().volume, 0.8);
});

test('what is tried out is touched inside the tap, since its sound comes later', async () => {
  dock('idle');
  const touched: string[] = [];
  class Element extends Sound {
    currentTime = 0;
    load = () => void touched.push('load');
  }
  Object.assign(globalThis, { Audio: Element, requestAnimationFrame: () => 0, cancelAnimationFrame: () => undefined });
  let attached: (detach: () => void) => void = () => undefined;
  const preview = new Preview('/held', { attach: () => new Promise((resolve) => (attached = resolve)), moved: () => undefined, failed: () => touched.push('failed') });
  const playing = preview.play({ from: 0, seconds: 4 });
  assert.deepEqual(touched, ['load']);
  attached(() => undefined);
  await playing;
  preview.stop();
  await preview.play({ from: 0, seconds: 4 });
  assert.deepEqual(touched, ['load'], 'sound that is there already is fetched anew');
});

test('without a Space nothing is lowered, and a Space that is entered pauses the clip', async () => {
  const { session, volumes } = dock('idle');
  const clip = sound();
  clip.play();
  await settled();
  assert.deepEqual(volumes, []);
  session.set({ ...session.get(), connection: { kind: 'connected' } });
  assert.equal(clip.paused, true);
});
