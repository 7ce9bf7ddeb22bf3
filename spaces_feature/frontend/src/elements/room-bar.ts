/** The buttons at the foot of the room, for the same place that the dock tells. */

import type { Snapshot } from '../core/types';
import type { words as sentences } from '../core/words';
import type { Action, Place, PlaceKind } from './place';

/** Where the place needs words beside its buttons. */
const TOLD: ReadonlySet<PlaceKind> = new Set([
  'joining', 'asked', 'accepted', 'muted_by_host', 'reconnecting', 'microphone', 'sound_blocked',
]);

export const needsWords = (place: Place): boolean => TOLD.has(place.kind);

/** Leave first, what matters most last. */
export function barActions(place: Place, snapshot: Snapshot | null, w: typeof sentences): Action[] {
  const role = snapshot?.me.role ?? 'listener';
  const actions: Action[] = [];
  if (role !== 'host' || place.kind === 'reconnecting') actions.push({ name: 'leave', label: w.leave, tone: 'quiet' });
  const mayStepDown = snapshot?.me.permissions.includes('step_down') ?? false;
  if (mayStepDown && ['accepted', 'muted', 'speaking', 'muted_by_host', 'microphone'].includes(place.kind))
    actions.push({ name: 'stepDown', label: w.stepDown, tone: 'quiet' });
  const main = place.actions.find(({ name }) => name !== 'leave' && name !== 'stepDown');
  if (main) actions.push(inFull(main, w));
  return actions;
}

function inFull(action: Action, w: typeof sentences): Action {
  switch (action.name) {
    case 'ask':
      return { ...action, label: w.askToSpeak, icon: 'handUp', tone: 'primary', round: false };
    case 'mute':
      return { ...action, label: w.microphoneIsOn, round: false };
    case 'unmute':
      return { ...action, label: action.tone === 'live' ? w.tapToUnmute : w.microphoneIsOff, icon: 'microphoneOff' };
    default:
      return action;
  }
}
