/** The API's calls about what is kept of a Space, apart from the others: only its room needs them. */

import type { Api } from './calls';
import type { Snapshot } from './types';

/** As much of a recording as the room tells once it is over. */
export interface KeptRecording {
  state: 'recording' | 'ready' | 'deleted';
  /** Where the replay is played. */
  page_url: string;
}

export interface RecordingCalls {
  start(space_id: string): Promise<Snapshot>;
  stop(space_id: string): Promise<Snapshot>;
  /** The member's answer, of which the last one counts. */
  consent(space_id: string, agrees: boolean): Promise<Snapshot>;
  find(space_id: string): Promise<KeptRecording>;
}

export function recordingCalls({ call }: Pick<Api, 'call'>): RecordingCalls {
  const of = (id: string, rest = '') => `/spaces/${encodeURIComponent(id)}/recording${rest}`;
  return {
    start: (id) => call('POST', of(id, '/start')),
    stop: (id) => call('POST', of(id, '/stop')),
    consent: (id, agrees) => call('POST', of(id, '/consent'), { agrees }),
    find: (id) => call('GET', of(id)),
  };
}
