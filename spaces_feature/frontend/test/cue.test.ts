import './window';
import assert from 'node:assert/strict';
import test, { beforeEach } from 'node:test';
import type { Deps } from '../src/core/deps';
import { IDLE_SESSION } from '../src/core/idle-session';
import type { Consent, RecordingState, SessionState, Snapshot } from '../src/core/types';
import { words } from '../src/core/words';
import { provide, provideWords } from '../src/elements/context';
import { playCue } from '../src/elements/cue';
import { Narrator } from '../src/elements/narrator';
import { NOTHING_SEEN, placeOf } from '../src/elements/place/place';
import { seat, snapshot } from './builders';

interface Said {
  text: string;
  volume: number;
  lang: string;
  onerror(): void;
}

/** What came out of the page: words by its voice, Hz by its own tones. */
const said: Said[] = [];
const tones: number[] = [];
let voices: { lang: string; localService: boolean }[] = [];

class Gain {
  gain = { setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined };
  connect = () => undefined;
}

class Oscillator {
  constructor(
    _: unknown,
    private readonly options: { frequency: number },
  ) {}
  connect = (next: unknown) => next;
  start = () => tones.push(this.options.frequency);
  stop = () => undefined;
  addEventListener = () => undefined;
}

Object.assign(globalThis, {
  document: { documentElement: { lang: 'en-GB' } },
  speechSynthesis: { getVoices: () => voices, speak: (one: Said) => said.push(one) },
  SpeechSynthesisUtterance: class {
    constructor(readonly text: string) {}
  },
  AudioContext: class {
    currentTime = 0;
    resume = () => Promise.resolve();
    close = () => Promise.resolve();
  },
  OscillatorNode: Oscillator,
  GainNode: Gain,
});

beforeEach(() => {
  said.length = tones.length = 0;
  voices = [];
});

test('a voice of this device that speaks the page\u2019s language says it, as loud as the room', () => {
  voices = [{ lang: 'de-DE', localService: true }, { lang: 'en-US', localService: false }, { lang: 'en-US', localService: true }];
  playCue('begins', 'This Space is being recorded.', 0.4);
  assert.deepEqual(said.map(({ text, volume, lang }) => [text, volume, lang]), [['This Space is being recorded.', 0.4, 'en-US']]);
  assert.deepEqual(tones, []);
});

test('without such a voice, or where it fails, two tones go up for a beginning and down for an end', () => {
  voices = [{ lang: 'de-DE', localService: true }, { lang: 'en-US', localService: false }];
  playCue('begins', 'x', 1);
  playCue('stops', 'x', 1);
  assert.deepEqual(tones, [523, 784, 784, 523]);
  voices = [{ lang: 'en-US', localService: true }];
  playCue('begins', 'x', 1);
  said[0]?.onerror();
  assert.deepEqual(tones.slice(4), [523, 784]);
});

test('a page that is muted makes no sound of its own', () => {
  playCue('begins', 'x', 0);
  assert.deepEqual([said, tones], [[], []]);
});

const announced: [string, boolean][] = [];

/** The sessions one after another, as a narrator tells them; returns what was said aloud. */
function told(...states: SessionState[]): [string, boolean][] {
  announced.length = 0;
  provide({ words, announce: (text: string, assertive = false) => announced.push([text, assertive]) } as unknown as Deps);
  provideWords(words);
  const narrator = new Narrator();
  for (const state of states) narrator.tell(placeOf(state, NOTHING_SEEN, words, { app: 'Plaza', now: 0 }), state);
  return [...announced];
}

const state = (copy: Snapshot, fields: Partial<SessionState> = {}): SessionState =>
  ({ ...IDLE_SESSION, space_id: 'space', title: 'Why', connection: { kind: 'connected' }, snapshot: copy, ...fields });
const listening = (recording: RecordingState) => snapshot(1, { space: { recording, is_recording: recording === 'on' } });
const consent: Consent = { state: 'asked', covers: 'recording', words: 'May your voice be kept? If you say no, you still speak live.' };
const cameUp = (): Snapshot => {
  const copy = listening('on');
  return { ...copy, stage: [...copy.stage, seat('grace')], me: { ...copy.me, role: 'speaker', consent } };
};

test('who comes up in a recorded Space hears that they may speak and what they are asked in one breath', () => {
  const [, ...after] = told(state(listening('on')), state(cameUp(), { microphone: { kind: 'ready' } }));
  assert.deepEqual(after, [['You can speak now. Tap to unmute. ADA is recording this Space. May your voice be kept?', true]]);
});

test('the cue sounds with the words for whoever hears the room, and not where its sound is held back', () => {
  const begins = (fields: Partial<SessionState>) => told(state(listening('off'), fields), state(listening('on'), fields)).at(-1);
  assert.deepEqual(begins({}), ['This Space is being recorded.', true]);
  assert.deepEqual(tones, [523, 784]);
  tones.length = 0;
  assert.deepEqual(begins({ connection: { kind: 'sound_blocked' } }), ['This Space is being recorded.', true]);
  assert.deepEqual(begins({ volume: 0 }), ['This Space is being recorded.', true]);
  assert.deepEqual(tones, []);
});

test('a page whose place is taken over elsewhere keeps quiet: the other one asks', () => {
  const away = { connection: { kind: 'elsewhere' } } as const;
  assert.deepEqual(told(state(listening('off'), away), state(cameUp(), away)), [['Playing on another device or tab.', true]]);
  assert.deepEqual(tones, []);
});
