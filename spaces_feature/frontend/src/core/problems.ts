/** Problems that no server told us of, in the same shape as those that it did. */

import { hostOf, profileOf } from './seats';
import type { Problem, RemovalCode, Snapshot } from './types';
import { pageWords as words } from './page-words';

const problem = (status: number, code: string, title: string, detail: string): Problem => ({
  status,
  code,
  title,
  detail,
});

export const UNREACHABLE = problem(0, 'unreachable', words.unreachable, words.unreachableHelp);
export const TOO_SLOW = problem(0, 'timeout', words.tooSlow, words.unreachableHelp);
export const ABORTED = problem(0, 'aborted', words.tooSlow, '');
export const SOUND_AWAY = problem(0, 'media_unavailable', words.mediaGone, words.tryAgainSoon);
/** The Space has only places left that this version cannot play. */
export const NO_SEAT_WITH_SOUND = problem(409, 'tier_not_supported', words.otherTier, words.tryAgainSoon);

/** Nobody listens anonymously here (any more): a code of the server's. */
export const NAMES_ONLY = 'anonymous_not_allowed';

/** By the kind of the microphone's trouble. */
export const MICROPHONE_TROUBLES = {
  refused: problem(0, 'microphone_refused', words.microphoneRefused, words.microphoneRefusedHelp),
  missing: problem(0, 'microphone_missing', words.microphoneMissing, words.microphoneMissingHelp),
  busy: problem(0, 'microphone_busy', words.microphoneBusy, words.microphoneBusyHelp),
};

/** Why the microphone may not be opened, by the host's mute or staff's pause. */
export const heldBack = (copy: Snapshot | null): Problem =>
  copy?.space.is_frozen
    ? problem(0, 'frozen', words.stageIsPaused, '')
    : problem(0, 'muted_by_host', mutedWords(copy), '');

/** By name, as long as whoever muted the member is on stage. */
function mutedWords(copy: Snapshot | null): string {
  const by = profileOf(copy, copy?.me.mute?.by ?? null);
  return by ? words.mutedYou(by.name) : words.hostMutedYou(hostOf(copy)?.profile.name ?? words.host);
}

/** Why somebody was sent away, of an event's data or a refusal. */
export const removalOf = ({ code, by }: { code?: unknown; by?: unknown }): RemovalCode =>
  code === 'removed' && by === 'staff' ? 'removed_by_staff' : (code as RemovalCode);

export const unexpected = (status: number): Problem =>
  problem(status, 'unexpected', words.unclear, words.tryAgainSoon);

/** Whether the same call may well succeed a moment later: no answer, or a part behind the API is away. */
export const isPassing = (status: number): boolean => status === 0 || status === 429 || status >= 500;
