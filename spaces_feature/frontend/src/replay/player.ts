/**
 * The one player of this document. It holds one media element, made once and in no page, so that it plays on while pages
 * come and go; and a replay's addresses, which it renews before they end.
 */

import { isPassing } from '../core/no-answer';
import { createStore } from '../core/store';
import type { Problem, Store } from '../core/types';
import { takeTurns } from '../elements/clip/clip-sound';
import { asProblem } from '../elements/context';
import type { Library } from './library';
import { PAUSES, SLOW, pause as pauseFor } from './patience';
import type { Places, Way } from './places';
import type { Recording } from './recording';
import type { Connect, Source } from './source';
import { GONE, LOST, NOT_READY, UNPLAYABLE, WAITING } from './troubles';
import { landing, silences } from './voices';

export interface PlayerState extends Way {
  /** Whose replay is in the player; null for none. */
  space_id: string | null;
  at_s: number;
  /** Somebody pressed play and nobody pause, whether it is heard yet or not. */
  is_playing: boolean;
  /** It is to be heard, and the sound has not come yet. */
  is_waiting: boolean;
  /** It is to be heard, and the browser lets it only after a tap. */
  is_blocked: boolean;
  problem: Problem | null;
}

export interface PlayerParts {
  audio: HTMLAudioElement;
  library: Library;
  places: Places;
  connect: Connect;
  /** Clears the way for sound: null once nothing else plays, or why it may not. */
  mayPlay(): Promise<Problem | null>;
  /** Somebody has listened long enough to be counted. */
  listened(space_id: string): void;
  keepWay(way: Way): void;
  now?: () => number;
  /** Before sound that stopped coming is asked for again. */
  pauseBefore?: (ms: number) => Promise<void>;
}

/** Seconds of listening that count. */
export const COUNTS = 10;
/** Milliseconds before addresses end at which there are new ones. */
const EARLY = 60_000;
/** Milliseconds in which lost sound is asked for again once. */
const AGAIN = 20_000;

const QUIET = { is_playing: false, is_waiting: false, is_blocked: false };

export type Player = ReturnType<typeof createPlayer>;

export function createPlayer(way: Way, { audio, library, places, connect, mayPlay, listened, keepWay, now = Date.now, pauseBefore = pauseFor }: PlayerParts) {
  const state = createStore<PlayerState>({ ...way, ...QUIET, space_id: null, at_s: 0, problem: null });
  let source: Source | null = null;
  let recording: Recording | null = null;
  let silent: ReturnType<typeof silences> = [];
  let expiry: ReturnType<typeof setTimeout> | undefined;
  let slow: ReturnType<typeof setTimeout> | undefined;
  /** What was listened to of which Space; counted once. */
  let heard = { space_id: '', seconds: 0, isCounted: false };
  let lostAt = -Infinity;
  /** Tries since something was heard. */
  let tries = 0;
  /** Counts openings, so that an answer that comes late changes nothing. */
  let turn = 0;

  const set = (change: Partial<PlayerState>) => state.set({ ...state.get(), ...change });
  /** The next tap begins anew: what failed is of no more use. */
  const fail = (problem: Problem) => {
    letGo();
    set({ ...QUIET, problem });
  };
  const wait = (is_waiting: boolean) => {
    clearTimeout(slow);
    if (is_waiting) slow = setTimeout(() => set({ problem: WAITING }), SLOW);
    set({ is_waiting });
  };

  function take(fresh: Recording): void {
    recording = fresh;
    silent = silences(fresh.turns, fresh.duration_s);
    clearTimeout(expiry);
    if (!fresh.url_expires_at) return;
    const left = Date.parse(fresh.url_expires_at) - now();
    expiry = setTimeout(() => void renew(), Math.max(1000, left - Math.min(EARLY, left / 3)));
  }

  async function open(space_id: string, at_s: number, is_playing = false): Promise<boolean> {
    close();
    const mine = (turn += 1);
    set({ space_id, at_s, is_playing, problem: null });
    wait(is_playing);
    try {
      const known = library.of(space_id).get().recording;
      const isFresh = known?.url && Date.parse(known.url_expires_at ?? '') - now() > EARLY;
      const found = isFresh ? known : await library.load(space_id);
      if (mine !== turn) return false;
      if (!found.url) throw found.state === 'deleted' ? GONE : NOT_READY;
      take(found);
      const begin = Math.min(at_s, Math.max(0, found.duration_s - 1));
      const opened = await connect(audio, found.url, begin, (status) => void lost(status, mine));
      if (mine !== turn) opened.close();
      else source = opened;
      return mine === turn;
    } catch (error) {
      if (mine === turn) fail(asProblem(error));
      return false;
    }
  }

  /** Call it inside the tap. Resolves to why it may not play now, or null. */
  async function play(space_id: string, at_s?: number): Promise<Problem | null> {
    const before = state.get();
    const mine = turn;
    // Some browsers let sound begin later only where it was asked for inside the tap.
    if (!source) audio.play().catch(() => undefined);
    const refusal = await mayPlay();
    // Closed meanwhile, or opened by another tap.
    if (refusal || mine !== turn) {
      if (mine === turn) audio.pause();
      return refusal;
    }
    if (before.space_id !== space_id || !source) {
      const isOpen = await open(space_id, at_s ?? (before.space_id === space_id ? before.at_s : 0), true);
      // Paused while it was fetched, it stays so.
      if (!isOpen || !state.get().is_playing) return null;
    } else if (at_s !== undefined) seek(at_s);
    else if (recording && before.at_s >= recording.duration_s - 0.5) seek(0);
    set({ is_playing: true, is_blocked: false, problem: null });
    audio.defaultPlaybackRate = audio.playbackRate = state.get().rate;
    await audio.play().catch((error: unknown) => {
      // A browser that waits for a tap; or another address took this one's place.
      if ((error as Error).name === 'NotAllowedError') stand({ is_blocked: true });
    });
    return null;
  }

  /** It plays no more, for whatever reason; it stays where it is. */
  function stand(more: Partial<PlayerState> = {}): void {
    wait(false);
    set({ ...QUIET, ...more });
  }

  function pause(): void {
    audio.pause();
    if (state.get().space_id === null) return;
    stand({ problem: null });
    remember();
  }

  function seek(at_s: number): void {
    if (!recording) return void set({ at_s: Math.max(0, at_s) });
    const place = Math.min(Math.max(0, at_s), recording.duration_s);
    audio.currentTime = place;
    set({ at_s: place });
    remember();
  }

  function letGo(): void {
    clearTimeout(expiry);
    clearTimeout(slow);
    const gone = source;
    source = null;
    audio.pause();
    gone?.close();
  }

  function close(): void {
    if (state.get().space_id !== null) remember();
    turn += 1;
    letGo();
    recording = null;
    set({ ...QUIET, space_id: null, at_s: 0, problem: null });
  }

  /** Takes over what a command answered, for everybody who shows it: another beginning is another sound. */
  async function changed(fresh: Recording): Promise<void> {
    library.put(fresh);
    const { space_id, at_s, is_playing } = state.get();
    if (fresh.space_id !== space_id || !recording) return;
    if (!fresh.url) return close();
    const place = Math.max(0, at_s + recording.starts_at_s - fresh.starts_at_s);
    const isSame = fresh.starts_at_s === recording.starts_at_s && fresh.gaps.length === recording.gaps.length;
    take(fresh);
    if (isSame) await source?.renew(fresh.url);
    else await goOn(space_id, place, is_playing);
  }

  async function goOn(space_id: string, at_s: number, is_playing: boolean): Promise<void> {
    if ((await open(space_id, at_s, is_playing)) && state.get().is_playing) await play(space_id);
  }

  async function renew(): Promise<void> {
    const { space_id } = state.get();
    if (!space_id || !source) return;
    const mine = turn;
    const fresh = await library.load(space_id).catch(() => null);
    if (mine !== turn || !fresh) return;
    if (!fresh.url) return fail(GONE);
    take(fresh);
    await source?.renew(fresh.url);
  }

  /** The sound stopped coming: its address ended too early, say, since a laptop slept; or the network is away. */
  async function lost(status: number, mine: number): Promise<void> {
    const { space_id } = state.get();
    if (mine !== turn || !space_id) return;
    if (status === -1) return fail(UNPLAYABLE);
    if (!isPassing(status) && now() - lostAt < AGAIN) return fail(LOST);
    if (!isPassing(status)) lostAt = now();
    const answer = await findAgain(space_id, mine);
    if (mine !== turn) return;
    if (answer === null) return fail(LOST);
    if ('code' in answer) return fail([403, 404, 410].includes(answer.status) ? GONE : answer);
    if (!answer.url) return fail(GONE);
    const { at_s, is_playing } = state.get();
    await goOn(space_id, at_s, is_playing);
  }

  /** The recording as it is now, waited for while nothing answers. Null after as many tries as make sense. */
  async function findAgain(space_id: string, mine: number): Promise<Recording | Problem | null> {
    while (mine === turn && tries < PAUSES.length) {
      const ms = PAUSES[tries++]!;
      if (ms) await pauseBefore(ms);
      if (mine !== turn) break;
      const answer = await library.load(space_id).catch(asProblem);
      if (!('code' in answer) || !isPassing(answer.status)) return answer;
    }
    return null;
  }

  function remember(): void {
    const { space_id, at_s } = state.get();
    if (space_id && recording) places.set(space_id, at_s + recording.starts_at_s, recording.duration_s - at_s);
  }

  function moved(): void {
    const { at_s, is_playing, skips_silence, space_id } = state.get();
    const place = audio.currentTime;
    if (!space_id || !source || audio.seeking) return;
    const step = place - at_s;
    if (heard.space_id !== space_id) heard = { space_id, seconds: 0, isCounted: false };
    // A page that nobody looks at is told once a second, of two at double speed.
    if (is_playing && step > 0 && step < 3) {
      heard.seconds += step;
      tries = 0;
    }
    set({ at_s: place });
    if (!heard.isCounted && heard.seconds >= COUNTS) {
      heard.isCounted = true;
      listened(space_id);
    }
    const next = is_playing && skips_silence ? landing(silent, place) : null;
    if (next !== null) seek(next);
    if (Math.floor(place / 5) !== Math.floor(at_s / 5)) remember();
  }

  audio.addEventListener('timeupdate', moved);
  audio.addEventListener('waiting', () => wait(state.get().is_playing));
  audio.addEventListener('playing', () => {
    wait(false);
    if (source) set({ is_blocked: false, problem: null });
  });
  // Also by the system: a headset that is pulled out, a call.
  audio.addEventListener('pause', () => source && audio.paused && !audio.ended && stand());
  audio.addEventListener('ended', () => {
    stand({ at_s: recording?.duration_s ?? 0 });
    remember();
  });
  takeTurns(audio, { isOver: false, pause });

  return {
    ...(state as Store<PlayerState>),
    play(space_id: string, at_s?: number): Promise<Problem | null> {
      tries = 0;
      return play(space_id, at_s);
    },
    pause,
    seek,
    close,
    changed,
    remember,
    /** As the page before left it: playing, if the browser lets it, or not. */
    goOn,
    setWay(change: Partial<Way>): void {
      set(change);
      const { rate, skips_silence } = state.get();
      audio.defaultPlaybackRate = audio.playbackRate = rate;
      keepWay({ rate, skips_silence });
    },
  };
}
