/** What stands at the foot of the room: the same place that the dock tells, with all of its words. Pure. */

import { isOpen } from '../../core/flags';
import { isGuest } from '../../core/guests';
import type { PageConfig, Snapshot } from '../../core/types';
import type { Words } from '../../core/words';
import type { Action, Place, PlaceKind } from '../place/place';
import { may } from '../host/host-rules';

/** Where the place needs words beside its buttons. */
const TOLD: ReadonlySet<PlaceKind> = new Set([
  'joining', 'asked', 'invited', 'accepted', 'unmuted', 'muted_by_host', 'frozen', 'silenced', 'host_lost',
  'reconnecting', 'microphone', 'sound_blocked',
]);

const ON_STAGE: ReadonlySet<PlaceKind> = new Set(['accepted', 'muted', 'unmuted', 'speaking', 'muted_by_host', 'frozen', 'microphone']);

/** Nothing sent from here would reach anybody. */
const AWAY: ReadonlySet<PlaceKind> = new Set(['joining', 'reconnecting', 'elsewhere', 'ended', 'removed', 'failed']);

export const needsWords = (place: Place): boolean => TOLD.has(place.kind);

export type Tool = 'invite' | 'muteAll' | 'react';

/** Where reactions make sense: whoever is in a live Space under an account may send them, where they are open. */
export const mayReact = (place: Place, snapshot: Snapshot | null, config: Pick<PageConfig, 'flags'>): boolean =>
  snapshot?.space.state === 'live' && !isGuest(snapshot.me.user_id) && !AWAY.has(place.kind) && isOpen(config, 'spaces.reactions');

/** Whether what was just said may be kept by the member. Whoever runs the Space finds it among the rare things. */
export const mayClip = (place: Place, snapshot: Snapshot | null): boolean =>
  snapshot?.space.state === 'live' && !AWAY.has(place.kind) && may(snapshot, 'clip');

/** What whoever runs the Space has at hand; `reacts`: reactions as well. */
export function hostTools(snapshot: Snapshot | null, reacts = false): Tool[] {
  if (!snapshot) return [];
  const tools: Tool[] = [];
  if (may(snapshot, 'invite')) tools.push('invite');
  if (may(snapshot, 'mute_all')) tools.push('muteAll');
  if (reacts && tools.length) tools.push('react');
  return tools;
}

/** Leave first, what matters most last. An invitation asks for its own answer and for nothing else. */
export function barActions(place: Place, snapshot: Snapshot | null, w: Words): Action[] {
  if (place.kind === 'invited') {
    const no: Action[] = place.close === 'declineInvitation' ? [{ name: place.close, label: w.no, tone: 'quiet' }] : [];
    return [...no, ...place.actions].map((action) => inFull(action, w));
  }
  const role = snapshot?.me.role ?? 'listener';
  const actions: Action[] = [];
  if (role !== 'host' || place.kind === 'reconnecting') actions.push({ name: 'leave', label: w.leave, tone: 'quiet' });
  const mayStepDown = snapshot?.me.permissions.includes('step_down') ?? false;
  if (mayStepDown && ON_STAGE.has(place.kind)) actions.push({ name: 'stepDown', label: w.stepDown, tone: 'quiet' });
  const main = place.actions.filter(({ name }) => name !== 'leave' && name !== 'stepDown');
  return [...actions, ...main.map((action) => inFull(action, w))];
}

function inFull(action: Action, w: Words): Action {
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
