import './window';
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Deps } from '../src/core/deps';
import { IDLE_SESSION } from '../src/core/idle-session';
import { createStore } from '../src/core/store';
import type { ConnectionView, SessionState } from '../src/core/types';
import { provide } from '../src/elements/context';
import { giveKeysBack, takeKeys, tellKeys } from '../src/elements/replay/lock-keys';
import type { PlayerState } from '../src/replay/player';
import { showReplay } from '../src/replay/lock-screen';
import { recording, turns } from './replay-builders';

const handlers = new Map<string, ((details: object) => void) | null>();
const screen = {
  metadata: null as { title: string } | null,
  playbackState: 'none',
  position: undefined as { position: number } | undefined,
  setActionHandler: (action: string, handler: ((details: object) => void) | null) => void handlers.set(action, handler),
  setPositionState: (position?: { position: number }) => void (screen.position = position),
};
Object.defineProperty(globalThis, 'navigator', { value: { mediaSession: screen }, configurable: true });
Object.assign(globalThis, { MediaMetadata: class { constructor(fields: object) { Object.assign(this, fields); } } });

const session = createStore<SessionState>(IDLE_SESSION);
provide({ session } as unknown as Deps);
const goLive = (kind: ConnectionView['kind']) => session.set({ ...session.get(), connection: { kind } as ConnectionView });

const log: string[] = [];
let at: PlayerState = { space_id: 'space', at_s: 10, is_playing: true, is_waiting: false, is_blocked: false, problem: null, rate: 1, skips_silence: false };
const player = {
  get: () => at,
  play: async () => void log.push('play'),
  pause: () => void log.push('pause'),
  seek: (place: number) => void log.push(`seek ${place}`),
};
const told = recording({ turns: turns('ada 0-20, bob 22-40') });
const show = (fields: Partial<PlayerState> = {}) => {
  at = { ...at, ...fields };
  showReplay(at, told, player);
};
const clip = { title: 'The hospital still runs it', artist: 'Ada', picture: '', keys: { pause: () => void log.push('pause the clip') } };

test('the keys are those of what began to play last', () => {
  show();
  assert.equal(screen.metadata?.title, 'Why small software lasts');
  handlers.get('seekforward')?.({});
  handlers.get('nexttrack')?.({});
  assert.deepEqual(log.splice(0), ['seek 40', 'seek 21.7']);

  takeKeys('a clip', clip);
  // The replay pauses for it and says so after it.
  show({ is_playing: false });
  tellKeys('a clip', true, 20, 4, 1);
  assert.deepEqual([screen.metadata?.title, screen.playbackState, screen.position?.position], ['The hospital still runs it', 'playing', 4]);
  handlers.get('pause')?.({});
  assert.deepEqual(log.splice(0), ['pause the clip']);
  assert.equal(handlers.get('nexttrack'), null, 'a key of the replay is left under a clip');

  show({ is_playing: true });
  assert.equal(screen.metadata?.title, 'Why small software lasts');
  giveKeysBack('a clip');
  assert.equal(screen.metadata?.title, 'Why small software lasts');
});

test('a Space that is entered has the screen for itself, whatever the replay does under it', () => {
  show({ is_playing: true });
  goLive('joining');
  assert.deepEqual([screen.metadata, handlers.get('seekto')], [null, null]);
  screen.metadata = { title: 'A Space' };
  show({ is_playing: false, at_s: 50 });
  takeKeys('a clip', clip);
  show({ is_playing: true });
  showReplay({ ...at, space_id: null }, null, player);
  assert.equal(screen.metadata.title, 'A Space');
  goLive('idle');
  show({ is_playing: true });
  assert.equal(screen.metadata.title, 'Why small software lasts');
});
