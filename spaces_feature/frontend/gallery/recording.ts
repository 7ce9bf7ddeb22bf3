/** A Space of which something is kept, by what and by who looks; answers really change it. */

import type { Writable } from '../src/core/store';
import type { Consent, SessionState, Snapshot, Space } from '../src/core/types';
import { hosting, onStage, people, seat, seats, session, snapshot, space } from './cast';

const QUESTION = {
  recording: 'May your voice be kept? If you say no, you still speak live and the recording leaves you out. You can change your mind later.',
  clips:
    'May others share up to 30 seconds of what you say? The last 45 seconds are kept for that and nothing else. If you say no, you still speak live and clips leave you out. You can change your mind later.',
};

const consent = (state: Consent['state'], covers: Consent['covers'] = 'recording'): Consent => ({ state, covers, words: QUESTION[covers] });
const recorded = (recording: Space['recording'] = 'on') => space({ is_recorded: true, recording, is_recording: recording === 'on' });
const clips = space({ allows_clips: true });

/** Everybody but Margaret agreed. */
const answered = seats.map((one) => ({ ...one, is_kept: one.user_id !== '4' }));

const speaker = (mine: Consent, about: Space, is_kept = mine.state === 'agreed'): Snapshot => ({
  ...onStage,
  space: about,
  stage: [...answered, seat(people.grace, { is_kept })],
  me: { ...onStage.me, consent: mine },
});
const host = (about: Space): Snapshot => ({
  ...hosting,
  space: about,
  stage: answered,
  me: { ...hosting.me, consent: about.recording === 'off' ? null : consent('agreed'), permissions: [...hosting.me.permissions, 'record'] },
});
const open = { microphone: { kind: 'open' } } as const;
const ready = { microphone: { kind: 'ready' } } as const;

export const recordingStates: Record<string, SessionState> = {
  rec: session({ snapshot: snapshot({ space: recorded() }) }),
  rec_starting: session({ ...open, snapshot: speaker(consent('agreed'), recorded('starting')) }),
  rec_paused: session({ snapshot: snapshot({ space: recorded('interrupted') }) }),
  consent: session({ ...open, snapshot: speaker(consent('asked'), recorded()) }),
  consent_new: session({ ...ready, snapshot: speaker(consent('asked'), recorded()) }),
  consent_clips: session({ ...open, snapshot: speaker(consent('asked', 'clips'), clips) }),
  kept: session({ ...open, snapshot: speaker(consent('agreed'), recorded()) }),
  left_out: session({ ...open, snapshot: speaker(consent('declined'), recorded()) }),
  clips: session({ snapshot: snapshot({ space: clips }) }),
  rec_host: session({ ...open, snapshot: host(recorded()) }),
  may_record: session({ ...open, snapshot: host(space()) }),
  ended_recorded: session({
    connection: { kind: 'ended' },
    snapshot: snapshot({ space: { ...recorded('off'), state: 'ended', ended_at: new Date().toISOString(), participant_count: 2031 } }),
  }),
};

let looks = 0;

/** The answers of the API's recording calls. */
export async function recordingAnswer(path: string, body: object, own: Writable<SessionState>): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, 400));
  if (path.endsWith('/recording')) return { state: looks++ > 1 ? 'ready' : 'recording', page_url: '#replay' };
  const { snapshot: now } = own.get();
  if (!now) return null;
  const agrees = (body as { agrees?: boolean }).agrees;
  const next =
    agrees === undefined
      ? host(recorded(path.endsWith('/start') ? 'starting' : 'off'))
      : {
          ...now,
          stage: now.stage.map((one) => (one.user_id === now.me.user_id ? { ...one, is_kept: agrees } : one)),
          me: { ...now.me, consent: now.me.consent && { ...now.me.consent, state: agrees ? ('agreed' as const) : ('declined' as const) } },
        };
  own.set({ ...own.get(), snapshot: next });
  if (path.endsWith('/start')) setTimeout(() => own.set({ ...own.get(), snapshot: host(recorded()) }), 1500);
  return next;
}
