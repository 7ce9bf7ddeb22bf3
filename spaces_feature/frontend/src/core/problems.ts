/** Problems of the room that no server told us of, in the same shape as those that it did. */

import { problem } from './no-answer';
import { pageWords } from './page-words';
import { hostOf, profileOf } from './seats';
import { troubleWords } from './trouble-words';
import type { Problem, RemovalCode, Snapshot } from './types';

export { UNREACHABLE, isPassing } from './no-answer';

const words = { ...pageWords, ...troubleWords };

export const SOUND_AWAY = problem(0, 'media_unavailable', words.mediaGone, words.tryAgainSoon);

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
export function removalOf({ code, by, flag }: { code?: unknown; by?: unknown; flag?: unknown }): RemovalCode {
  if (code === 'switched_off' && flag === 'spaces.guests') return 'guests_off';
  if (code === 'switched_off' && flag === 'spaces.anonymous') return 'anonymous_off';
  return code === 'removed' && by === 'staff' ? 'removed_by_staff' : (code as RemovalCode);
}
