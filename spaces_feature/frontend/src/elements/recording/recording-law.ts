/** What is kept of a Space, as its viewer is told: before they come in, on stage, at each seat. Pure. */

import { isOpen } from '../../core/flags';
import { isGuest } from '../../core/guests';
import { hostOf } from '../../core/seats';
import type { RecordingWords } from '../../core/recording-words';
import type { Consent, PageConfig, Seat, SessionState, Snapshot, Space } from '../../core/types';
import { may } from '../host/host-rules';
import { firstName } from '../monogram';

/** What this page's own place is in; null where the member's voice and ears are elsewhere. */
export const placeIn = ({ connection, snapshot }: SessionState): Snapshot | null =>
  ['connected', 'sound_blocked', 'reconnecting'].includes(connection.kind) ? snapshot : null;

/** "Ada is recording this Space", to Ada that she is. */
export function asksTitle(snapshot: Snapshot, { covers }: Consent, w: RecordingWords, someHost: string): string {
  if (snapshot.me.role === 'host') return w.asksHost[covers];
  const host = hostOf(snapshot);
  return w.asks[covers](host ? firstName(host.profile) : someHost);
}

/** The question alone, for the ear: without what follows from each answer. */
export const questionOf = ({ words }: Consent): string => words.slice(0, words.indexOf('?') + 1) || words;

/** Whether to mark the seat: only who is on stage is told, and only of what is kept already. */
export const isLeftOut = ({ me, space }: Snapshot, seat: Seat): boolean =>
  Boolean(me.consent) && space.recording !== 'starting' && !seat.is_kept;

/** What whoever runs the Space is told of a voice on stage: saying nothing is not saying no. */
export type VoiceState = 'kept' | 'asked' | 'agreed' | 'declined';

export const voiceState = ({ is_kept, consent }: Pick<Seat, 'is_kept' | 'consent'>): VoiceState =>
  is_kept ? 'kept' : (consent ?? 'declined');

/** Whether the host's tools have the recording: to begin one where that is open, to stop one in any case. */
export const mayRecord = (snapshot: Snapshot, config: Pick<PageConfig, 'flags'>): boolean =>
  may(snapshot, 'record') && (snapshot.space.recording !== 'off' || isOpen(config, 'spaces.record'));

/** What somebody hears before they come in; empty where nothing is kept. */
export function joinLine({ space, me }: Snapshot, w: RecordingWords): string {
  const isOut = isGuest(me.user_id);
  if (space.recording === 'interrupted' && !isOut) return w.joinPaused;
  if (space.recording !== 'off') return isOut ? w.guestRecorded : w.joinRecorded;
  return space.allows_clips ? (isOut ? w.guestClips : w.joinClips) : '';
}

/** What is planned to be kept; empty where that is nothing. */
export const planLine = ({ is_recorded, allows_clips }: Pick<Space, 'is_recorded' | 'allows_clips'>, w: RecordingWords): string =>
  is_recorded ? w.willBeRecorded : allows_clips ? w.willHaveClips : '';

/** The line under the Space's title, and the sheet that it opens; null where there is nothing to tell. */
export interface StateLine {
  text: string;
  opens: 'consent' | 'record' | null;
}

export function stateLine(snapshot: Snapshot, config: Pick<PageConfig, 'flags'>, w: RecordingWords): StateLine | null {
  const { space, me, stage } = snapshot;
  const runs = space.recording !== 'off' && mayRecord(snapshot, config);
  const opens = runs ? 'record' : me.consent ? 'consent' : null;
  if (space.recording === 'starting') return { text: w.isStarting, opens };
  if (space.recording === 'interrupted') return { text: w.isPaused, opens };
  if (runs) return { text: w.kept(stage.filter(({ is_kept }) => is_kept).length, stage.length), opens };
  // While the question stands open, the card has it.
  return me.consent && me.consent.state !== 'asked' ? { text: w[me.consent.state][me.consent.covers], opens } : null;
}
