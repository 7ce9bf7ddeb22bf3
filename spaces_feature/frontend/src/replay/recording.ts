/** What the server tells of a recording, and what may be asked of it. Seconds are seconds of the replay, after its trim. */

import type { Api } from '../core/api';
import type { Profile } from '../core/types';

export interface Span {
  from_s: number;
  to_s: number;
}

export interface Turn extends Span {
  user_id: string;
}

export interface Gap extends Span {
  /** Nothing was kept for a while, or somebody took their voice out. */
  reason: 'interrupted' | 'withdrawn';
}

export interface Chapter {
  at_s: number;
  title: string;
}

export interface Talker {
  user_id: string;
  profile: Profile;
  talked_s: number;
}

/** Thirty seconds that may be worth a clip. */
export interface Fragment {
  from_s: number;
  seconds: number;
  reason: { code: string; text: string };
  user_ids: string[];
}

export interface Recording {
  space_id: string;
  state: 'recording' | 'ready' | 'deleted';
  title: string;
  host: Profile | null;
  /** The playlist, for this browser, until `url_expires_at`; null unless ready. */
  url: string | null;
  url_expires_at: string | null;
  page_url: string;
  /** For the creator and hosts. */
  download_url: string | null;
  /** When the recording itself goes. */
  expires_at: string | null;
  duration_s: number;
  /** How much of the beginning is cut off. */
  starts_at_s: number;
  started_at: string | null;
  /** Members who listened, each once. */
  plays: number;
  /** Members who were there. */
  came: number;
  /** Something of it is missing. */
  is_short: boolean;
  gaps: Gap[];
  chapters: Chapter[];
  turns: Turn[];
  speakers: Talker[];
  reactions: { at_s: number; count: number }[];
  fragments: Fragment[];
  may: Partial<Record<'edit' | 'delete' | 'download' | 'withdraw' | 'clip', boolean>>;
}

export interface RecordingCalls {
  get(space_id: string): Promise<Recording>;
  edit(space_id: string, patch: { starts_at_s?: number; chapters?: Chapter[] }): Promise<Recording>;
  remove(space_id: string): Promise<Recording>;
  /** Takes one's own voice out. */
  withdraw(space_id: string): Promise<Recording>;
  /** Counts the listener, once. */
  played(space_id: string): Promise<void>;
}

/** `signedOut`: how a recording is read without an account. */
export function recordingCalls(api: Pick<Api, 'call'>, signedOut: () => RecordingCalls['get'] | null): RecordingCalls {
  const of = (space_id: string, rest = '') => `/spaces/${encodeURIComponent(space_id)}/recording${rest}`;
  return {
    get: (id) => signedOut()?.(id) ?? api.call('GET', of(id)),
    edit: (id, patch) => api.call('PATCH', of(id), patch),
    remove: (id) => api.call('DELETE', of(id)),
    async withdraw(id) {
      const answered = await api.call<Recording | { agrees: false }>('POST', of(id, '/consent'), { agrees: false });
      // Whoever may not know the Space any more is only told that it is done.
      return 'state' in answered ? answered : this.get(id);
    },
    played: (id) => api.call('POST', of(id, '/plays')),
  };
}
