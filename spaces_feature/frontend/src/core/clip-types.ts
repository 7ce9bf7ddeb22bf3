/** What the API says of clips: the sound that is held for one, and the clips themselves. */

import type { Profile } from './types';

/** Somebody talked from here to there, seconds on the clock of what holds it. */
export interface ClipTurn {
  user_id: string;
  from_s: number;
  to_s: number;
}

/** A stretch of sound that a clip may be cut from. Every `_s` is on one clock: the replay's, or the running Space's. */
export interface Hold {
  from_s: number;
  to_s: number;
  /** Milliseconds that one of `peaks` stands for. */
  step_ms: number;
  /** 0..1, the loudest of each step. */
  peaks: number[];
  turns: ClipTurn[];
  people: Profile[];
  /** Playlist of the whole stretch. */
  url: string;
  /** When `to_s` was, of a Space that runs. */
  ends_at: string | null;
  held_until: string | null;
  /** Ids of those who are asked before a clip with their voice is shared. */
  needs: string[];
}

export interface NewClip {
  /** Of a Space that runs: when the last moment of the clip was. */
  ends_at?: string;
  /** Of a replay: where the clip begins. */
  from_s?: number;
  seconds: number;
  title?: string;
  words?: string;
}

export interface ClipSpeaker {
  user_id: string;
  profile: Profile;
  seconds: number;
}

export interface Clip {
  id: string;
  space_id: string;
  state: 'making' | 'ready';
  title: string;
  words: string;
  /** The sound, null while it is made. */
  url: string | null;
  url_expires_at: string | null;
  /** Its page; a path. */
  page_url: string;
  duration_s: number;
  speakers: ClipSpeaker[];
  /** Ids of those who have not answered yet. */
  waits_for: string[];
}

/** What `spaces-clip` asks for: without `at_s` the last minute of a Space that runs, else a minute of its replay. */
export interface ClipAsked {
  space_id: string;
  at_s?: number | null;
  /** Chosen already, as a suggestion is. */
  from_s?: number | undefined;
  seconds?: number | undefined;
}
