/**
 * The member's own place in words: what the dock says, what it offers, and what is said aloud. Pure, so that the dock
 * and the panel's bar can never disagree.
 */

import type { Problem, Profile, Seat, SessionState } from '../core/types';
import type { words as sentences } from '../core/words';
import type { IconName } from './icons';
import { firstName } from './monogram';

type Words = typeof sentences;

export type ActionName =
  | 'ask' | 'takeBack' | 'unmute' | 'mute' | 'hear' | 'bringHere' | 'howToFix' | 'tryMicrophone' | 'tryAgain'
  | 'leave' | 'stepDown' | 'dismiss';

export interface Action {
  name: ActionName;
  label: string;
  tone: 'quiet' | 'primary' | 'live';
  icon?: IconName;
  /** Drawn as a round button that shows only its icon. */
  round?: boolean;
}

export type Mark =
  | { kind: 'face'; profile: Profile; talking: boolean; level: number }
  | { kind: 'icon'; icon: IconName; tone: 'quiet' | 'warn' | 'danger' };

export type PlaceKind =
  | 'joining' | 'listening' | 'asked' | 'accepted' | 'muted' | 'speaking' | 'muted_by_host' | 'reconnecting'
  | 'microphone' | 'sound_blocked' | 'elsewhere' | 'ended' | 'removed' | 'failed';

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
  close: 'leave' | 'dismiss' | null;
  /** What the live region says when `kind` comes about; empty for nothing. */
  says: string;
}

export interface Memory {
  /** The member's microphone was open at least once in this stay on stage. */
  has_spoken: boolean;
}

/** Returns what to show for the session, or null when the member is nowhere. */
export function placeOf(state: SessionState, memory: Memory, w: Words): Place | null {
  const { connection } = state;
  switch (connection.kind) {
    case 'idle':
      return null;
    case 'joining':
      return plain('joining', quiet('headphones'), state.title || w.joining, w.joiningLine, { close: 'leave' });
    case 'reconnecting':
      return plain('reconnecting', warn('noNetwork'), connection.offline ? w.offlineTitle : w.reconnectingTitle, w.placeKept, {
        actions: [{ name: 'leave', label: w.leaveShort, tone: 'quiet' }],
        says: connection.offline ? w.offline : w.reconnecting,
        opens: state.snapshot !== null,
      });
    case 'sound_blocked':
      return plain('sound_blocked', quiet('noSound'), w.soundBlockedTitle, w.soundBlockedLine, {
        actions: [{ name: 'hear', label: w.hearIt, tone: 'live', icon: 'sound' }],
        says: w.soundBlocked,
      });
    case 'elsewhere':
      return plain('elsewhere', quiet('devices'), w.elsewhereTitle, w.elsewhereLine, {
        actions: [{ name: 'bringHere', label: w.bringHere, tone: 'primary' }],
        close: 'dismiss',
        says: w.elsewhere,
      });
    case 'ended':
      return plain('ended', quiet('hourglass'), w.endedTitle, state.title, {
        opens: true,
        close: 'dismiss',
        says: w.endedNotRecorded,
      });
    case 'removed':
      return plain('removed', warn('warning'), w.removedTitle, w.removedLine, { close: 'dismiss', says: w.removed });
    case 'failed':
      return failed(connection.problem, w);
    case 'connected':
      return connected(state, memory, w);
  }
}

function connected(state: SessionState, memory: Memory, w: Words): Place {
  const { snapshot } = state;
  const me = snapshot?.me;
  const seat = snapshot?.stage.find(({ user_id }) => user_id === me?.user_id);
  const trouble = microphoneTrouble(state, w);
  if (me && me.role !== 'listener' && seat) return onStage(state, seat, memory, trouble, w);
  if (me?.request?.state === 'pending')
    return plain('asked', quiet('handUp'), w.inLineTitle(me.request.position), askedLine(state, w), {
      actions: [{ name: 'takeBack', label: w.takeBack, tone: 'quiet' }],
      opens: true,
      says: `${w.inLineTitle(me.request.position)}. ${askedLine(state, w)}`,
    });
  if (trouble) return trouble;
  return listening(state, w);
}

function askedLine({ microphone }: SessionState, w: Words): string {
  return microphone.kind === 'ready' || microphone.kind === 'muted' ? w.microphoneReady : w.microphoneLater;
}

function listening(state: SessionState, w: Words): Place {
  const { snapshot, talking, levels } = state;
  const stage = snapshot?.stage ?? [];
  const voice = stage.find(({ user_id }) => user_id === talking[0]);
  const shown = voice ?? stage[0];
  const line = voice
    ? w.areTalking(firstName(voice.profile), talking.filter((id) => id !== voice.user_id).length)
    : shown
      ? w.quietNow
      : w.emptyStage;
  const mark: Mark = shown
    ? { kind: 'face', profile: shown.profile, talking: Boolean(voice), level: levels[shown.user_id] ?? 0 }
    : quiet('headphones');
  const mayAsk = snapshot?.me.permissions.includes('ask_to_speak');
  return plain('listening', mark, state.title, line, {
    sounds: Boolean(voice),
    actions: mayAsk ? [{ name: 'ask', label: w.askToSpeak, tone: 'quiet', icon: 'hand', round: true }] : [],
    opens: true,
    close: 'leave',
    says: w.listeningTo(state.title),
  });
}

function onStage(state: SessionState, seat: Seat, memory: Memory, trouble: Place | null, w: Words): Place {
  const { microphone, snapshot, talking, levels } = state;
  const host = snapshot?.stage.find(({ role }) => role === 'host');
  if (seat.is_muted_by_host || microphone.kind === 'muted_by_host')
    return plain('muted_by_host', warn('lock'), w.hostMutedTitle, w.canLiftIt(host ? firstName(host.profile) : w.host), {
      actions: [{ name: 'stepDown', label: w.stepDown, tone: 'quiet' }],
      opens: true,
      says: w.hostMutedYou(host ? firstName(host.profile) : w.host),
    });
  if (trouble) return trouble;
  if (microphone.kind === 'open')
    return plain(
      'speaking',
      { kind: 'face', profile: seat.profile, talking: talking.includes(seat.user_id), level: levels[seat.user_id] ?? 0 },
      w.microphoneOnTitle,
      w.canHearYou(snapshot?.listeners.count ?? 0),
      {
        actions: [{ name: 'mute', label: w.mute, tone: 'live', icon: 'microphoneOn', round: true }],
        opens: true,
        says: w.microphoneOpen,
      },
    );
  if (seat.role !== 'host' && !memory.has_spoken)
    return {
      ...plain('accepted', quiet('microphoneOff'), w.youCanSpeakTitle, w.stillMuted, {
        actions: [{ name: 'unmute', label: w.tapToUnmute, tone: 'live' }],
        opens: true,
        says: w.youCanSpeak,
      }),
      tone: 'live',
    };
  return plain('muted', quiet('microphoneOff'), w.mutedTitle, w.nobodyHearsYou, {
    actions: [{ name: 'unmute', label: w.unmute, tone: 'primary' }],
    opens: true,
    says: w.microphoneMuted,
  });
}

function microphoneTrouble({ microphone }: SessionState, w: Words): Place | null {
  const fix: Action = { name: 'howToFix', label: w.howToFix, tone: 'quiet' };
  const again: Action = { name: 'tryMicrophone', label: w.tryAgain, tone: 'quiet' };
  switch (microphone.kind) {
    case 'refused':
      return plain('microphone', danger('microphoneOff'), w.microphoneRefusedTitle, w.canStillListen, {
        actions: [fix],
        opens: true,
        says: w.microphoneRefused,
      });
    case 'missing':
      return plain('microphone', danger('microphoneOff'), w.microphoneMissingTitle, w.canStillListen, {
        actions: [again],
        opens: true,
        says: w.microphoneMissing,
      });
    case 'busy':
      return plain('microphone', danger('microphoneOff'), w.microphoneBusyTitle, w.microphoneBusyLine, {
        actions: [again],
        opens: true,
        says: w.microphoneBusy,
      });
    default:
      return null;
  }
}

function failed(problem: Problem, w: Words): Place {
  return plain('failed', warn('warning'), problem.title, problem.detail || w.tryAgainSoon, {
    actions: [{ name: 'tryAgain', label: w.tryAgain, tone: 'quiet' }],
    close: 'dismiss',
    says: `${problem.title} ${problem.detail}`,
  });
}

type Extras = Partial<Pick<Place, 'actions' | 'opens' | 'close' | 'says' | 'sounds'>>;

function plain(kind: PlaceKind, mark: Mark, title: string, line: string, extras: Extras = {}): Place {
  return { kind, tone: 'plain', mark, title, line, sounds: false, actions: [], opens: false, close: null, says: '', ...extras };
}

const quiet = (icon: IconName): Mark => ({ kind: 'icon', icon, tone: 'quiet' });
const warn = (icon: IconName): Mark => ({ kind: 'icon', icon, tone: 'warn' });
const danger = (icon: IconName): Mark => ({ kind: 'icon', icon, tone: 'danger' });
