/** The API's calls about clips, apart from the others: only pages that hold or make some need them. */

import type { Api } from './calls';
import type { Clip, Hold, NewClip } from './clip-types';

export interface ClipCalls {
  /** Keeps the last minute, or the minute around `at_s` of the replay, while somebody chooses. */
  hold(space_id: string, at_s: number | null): Promise<Hold>;
  make(space_id: string, clip: NewClip): Promise<Clip>;
  read(clip_id: string): Promise<Clip>;
  /** By who made it or runs the Space, for everybody; by who is heard in it, their voice with it. */
  takeBack(clip_id: string): Promise<void>;
  permit(clip_id: string, agrees: boolean): Promise<void>;
  /** Counts the member among those who played it. */
  played(clip_id: string): Promise<void>;
}

export function clipCalls({ call }: Pick<Api, 'call'>): ClipCalls {
  const of = (space_id: string, rest = '') => `/spaces/${encodeURIComponent(space_id)}/clips${rest}`;
  const one = (clip_id: string, rest = '') => `/clips/${encodeURIComponent(clip_id)}${rest}`;
  return {
    hold: (space_id, at_s) => call('POST', of(space_id, '/hold'), at_s === null ? {} : { at_s }),
    make: (space_id, clip) => call('POST', of(space_id), clip),
    read: (clip_id) => call('GET', one(clip_id)),
    takeBack: (clip_id) => call('DELETE', one(clip_id)),
    permit: (clip_id, agrees) => call('POST', one(clip_id, '/permission'), { agrees }),
    played: (clip_id) => call('POST', one(clip_id, '/plays')),
  };
}
