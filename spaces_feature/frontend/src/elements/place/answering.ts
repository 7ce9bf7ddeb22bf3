/** The member's own answer to what is kept, given and said aloud. The card and the sheet share it. */

import { html, nothing, type TemplateResult } from 'lit';
import { recordingCalls } from '../../core/recording-calls';
import type { Consent, Problem, Snapshot } from '../../core/types';
import { attempt, deps } from '../context';
import { choice, doing } from '../sheet-parts';

/** Resolves to the problem, or null once the server has the answer. */
export async function answer({ space }: Snapshot, { covers }: Consent, agrees: boolean): Promise<Problem | null> {
  const { api, take, announce, words } = deps();
  const problem = await attempt(async () => {
    const answered = await recordingCalls(api).consent(space.id, agrees);
    // Whoever may not know the Space any more is only told that it is done.
    if ('space' in answered) take(answered);
  });
  if (!problem) announce(words.recording[agrees ? 'isAgreed' : 'isDeclined'][covers]);
  return problem;
}

/** Both answers side by side, no first; `under` is the one on its way to the server. */
export function answers({ covers }: Consent, under: boolean | null, give: (agrees: boolean) => void): TemplateResult {
  const { recording: w } = deps().words;
  const one = (agrees: boolean, label: string, tone: string) =>
    doing(agrees ? 'agree' : 'leaveOut', label, tone, under === agrees, () => under === null && give(agrees));
  return html`<div class="pair">
    ${one(false, w.leaveMeOut, 'quiet tall')} ${one(true, covers === 'recording' ? w.recordMe : w.allowIt, 'primary tall')}
  </div>`;
}

/** In a menu: whether the member's voice is kept, and the way to change it. */
export function ownVoice({ me: { consent } }: Snapshot, press: () => void): TemplateResult | typeof nothing {
  if (!consent) return nothing;
  const { recording: w } = deps().words;
  const { state, covers } = consent;
  const kept = covers === 'clips' ? 'scissors' : 'record';
  return choice({ name: 'consent', icon: state === 'agreed' ? kept : 'leftOut', title: w.own, line: w[state][covers], press });
}
