/** What the member's place is made of: its type, and how one is put together. */

import type { Profile } from '../../core/types';
import type { Words } from '../../core/words';
import type { IconName } from '../icons';

export type ActionName =
  | 'ask' | 'takeBack' | 'unmute' | 'mute' | 'hear' | 'bringHere' | 'howToFix' | 'tryMicrophone' | 'tryAgain' | 'listenNamed'
  | 'signIn' | 'leave' | 'stepDown' | 'dismiss' | 'acceptInvitation' | 'declineInvitation';

export interface Action {
  name: ActionName;
  label: string;
  tone: 'quiet' | 'primary' | 'live';
  icon?: IconName;
  /** Drawn as a round button that shows only its icon. */
  round?: boolean;
  /** Why it cannot be done; pressing it says so. */
  why?: string;
}

export type Mark =
  | { kind: 'face'; profile: Profile; talking: boolean; level: number }
  | { kind: 'icon'; icon: IconName; tone: 'quiet' | 'warn' | 'danger' };

export type PlaceKind =
  | 'joining' | 'listening' | 'asked' | 'invited' | 'accepted' | 'muted' | 'unmuted' | 'speaking' | 'muted_by_host'
  | 'frozen' | 'silenced' | 'host_lost' | 'reconnecting' | 'microphone' | 'sound_blocked' | 'elsewhere' | 'ended' | 'removed' | 'failed';

export interface Place {
  kind: PlaceKind;
  /** `live` is solid ember, for the one moment that needs an answer. */
  tone: 'plain' | 'live';
  mark: Mark;
  title: string;
  line: string;
  /** Whether `line` tells of sound now. */
  sounds: boolean;
  /** At most two. */
  actions: Action[];
  /** Whether there is a room to unfold. */
  opens: boolean;
  close: 'leave' | 'dismiss' | 'declineInvitation' | null;
  /** What the live region says when `kind` comes about; empty for nothing. */
  says: string;
}

type Extras = Partial<Pick<Place, 'actions' | 'opens' | 'close' | 'says' | 'sounds'>>;

export function plain(kind: PlaceKind, mark: Mark, title: string, line: string, extras: Extras = {}): Place {
  return { kind, tone: 'plain', mark, title, line, sounds: false, actions: [], opens: false, close: null, says: '', ...extras };
}

export const quiet = (icon: IconName): Mark => ({ kind: 'icon', icon, tone: 'quiet' });
export const warn = (icon: IconName): Mark => ({ kind: 'icon', icon, tone: 'warn' });
export const danger = (icon: IconName): Mark => ({ kind: 'icon', icon, tone: 'danger' });

/** The one button of an open microphone. */
export const mute = (w: Words): Action => ({ name: 'mute', label: w.mute, tone: 'live', icon: 'microphoneOn', round: true });
