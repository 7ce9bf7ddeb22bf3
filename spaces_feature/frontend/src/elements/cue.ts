/**
 * What everybody in the room hears when a recording begins or stops: the browser's own voice says it, two tones do where
 * it has none for the page's language. It sounds here only, and as loud as the room.
 */

import type { Cue } from './recording/recording-news';

/** Hz: up for a beginning, down for an end. */
const TONES: Record<Cue, [number, number]> = { begins: [523, 784], stops: [784, 523] };
/** Seconds that a tone lasts. */
const TONE = 0.22;
/** Of full scale, beside voices at -18 LUFS. */
const LOUDNESS = 0.18;

/** Voices come late the first time that somebody asks for them, so somebody asks early. */
export const prepareCue = (): void => void globalThis.speechSynthesis?.getVoices();

export function playCue(cue: Cue, text: string, volume: number): void {
  if (volume <= 0) return;
  const voice = ownVoice();
  if (!voice) return void chime(cue, volume);
  const said = new SpeechSynthesisUtterance(text);
  Object.assign(said, { voice, lang: voice.lang, volume, onerror: () => void chime(cue, volume) });
  speechSynthesis.speak(said);
}

/** One that speaks on this device, in the page's language. */
function ownVoice(): SpeechSynthesisVoice | undefined {
  const language = (document.documentElement.lang || 'en').slice(0, 2).toLowerCase();
  return globalThis.speechSynthesis?.getVoices().find(({ lang, localService }) => localService && lang.toLowerCase().startsWith(language));
}

async function chime(cue: Cue, volume: number): Promise<void> {
  if (!globalThis.AudioContext) return;
  const context = new AudioContext();
  const end = TONES[cue].map((hz, index) => tone(context, hz, index * TONE, LOUDNESS * volume)).pop();
  end?.addEventListener('ended', () => void context.close());
  // A page that nobody has touched yet may make no sound; it must not make it up for later either.
  const isOn = await Promise.race([context.resume().then(() => true), new Promise<false>((done) => setTimeout(done, 500, false))]);
  if (!isOn) await context.close();
}

function tone(context: AudioContext, hz: number, start: number, loudness: number): OscillatorNode {
  const [from, to] = [context.currentTime + start, context.currentTime + start + TONE];
  const oscillator = new OscillatorNode(context, { frequency: hz });
  const swell = new GainNode(context, { gain: 0 });
  swell.gain.setValueAtTime(0, from);
  swell.gain.linearRampToValueAtTime(loudness, from + 0.02);
  swell.gain.exponentialRampToValueAtTime(0.0001, to);
  oscillator.connect(swell).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(to);
  return oscillator;
}
