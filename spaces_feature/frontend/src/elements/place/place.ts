/**
 * The member's own place in words: what the dock says, what it offers, and what is said aloud. Pure, so that the dock
 * and the panel's bar can never disagree.
 */

import { isGuest } from '../../core/guests';
import { NAMES_ONLY } from '../../core/problems';
import { ownSeat } from '../../core/seats';
import type { Problem, Role, Seat, SessionState } from '../../core/types';
import type { Words } from '../../core/words';
import { firstName } from '../monogram';
import { frozen, invited, mutedByHost, namesOnly, sentAway, silenced, whileHostIsLost } from './place-law';
import { danger, mute, plain, quiet, warn, type Action, type Mark, type Place } from './place-parts';

export type { Action, ActionName, Mark, Place, PlaceKind } from './place-parts';

/** What a stay on stage has seen: words depend on it, nothing else. */
export interface Memory {
  /** The member's microphone was open at least once. */
  has_spoken: boolean;
  /** A host's mute or staff's pause held the member back, and they have not spoken since. */
  was_held: boolean;
  role: Role;
  /** When the role last changed on stage, milliseconds since the epoch. */
  changed_at: number;
}

export const NOTHING_SEEN: Memory = { has_spoken: false, was_held: false, role: 'listener', changed_at: -Infinity };

/** Milliseconds for which a new role is told. */
const NEWS = 8000;

export const isNews = ({ changed_at }: Memory, now: number): boolean => now - changed_at < NEWS;

/** Where and when the place is drawn. */
export interface Setting {
  /** Name of the host app. */
  app: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** Whether the host app says where people sign in. */
  signsIn?: boolean;
  /** Whether speaking is open to the member; left out, it is. */
  speaks?: boolean;
}

export function remember(memory: Memory, { snapshot, microphone }: SessionState, now: number): Memory {
  const seat = ownSeat(snapshot);
  if (!snapshot || !seat) return NOTHING_SEEN;
  const isOpen = microphone.kind === 'open';
  const isHeld = seat.is_muted_by_host || snapshot.space.is_frozen;
  const { role } = snapshot.me;
  const isNewRole = memory.role !== 'listener' && memory.role !== role;
  return {
    has_spoken: memory.has_spoken || isOpen,
    was_held: isHeld || (memory.was_held && !isOpen),
    role,
    changed_at: isNewRole ? now : memory.changed_at,
  };
}

/** Returns what to show for the session, or null when the member is nowhere. */
export function placeOf(state: SessionState, memory: Memory, w: Words, at: Setting): Place | null {
  const { connection } = state;
  switch (connection.kind) {
    case 'idle':
      return null;
    case 'joining':
      return plain('joining', quiet('headphones'), state.title || w.joining, state.tier === 'hls' ? w.tuningIn : w.joiningLine, {
        close: 'leave',
      });
    case 'reconnecting':
      return plain('reconnecting', warn('noNetwork'), connection.offline ? w.offlineTitle : w.reconnectingTitle, w.placeKept, {
        actions: [{ name: 'leave', label: w.leaveShort, tone: 'quiet' }],
        says: connection.offline ? w.offline : w.reconnecting,
        opens: state.snapshot !== null,
      });
    case 'sound_blocked':
      return soundBlocked(state, w);
    case 'elsewhere':
      return plain('elsewhere', quiet('devices'), w.elsewhereTitle, w.elsewhereLine, {
        actions: [{ name: 'bringHere', label: w.bringHere, tone: 'primary' }],
        close: 'dismiss',
        says: w.elsewhere,
      });
    case 'ended':
      return ended(state, w);
    case 'removed':
      return connection.code === 'anonymous_off' ? namesOnly(w) : sentAway(connection.code, at.app, w);
    case 'failed':
      return connection.problem.code === NAMES_ONLY ? namesOnly(w) : failed(connection.problem, w);
    case 'connected':
      return newRole(whileHostIsLost(connected(state, memory, w, at), state, at.now, w), memory, at.now, w);
  }
}

/** The room stays within reach, it has the way out, and so does an open microphone: others hear it all the same. */
function soundBlocked({ snapshot, microphone }: SessionState, w: Words): Place {
  const hear: Action = { name: 'hear', label: w.hearIt, tone: 'live', icon: 'sound' };
  return plain('sound_blocked', quiet('noSound'), w.soundBlockedTitle, w.soundBlockedLine, {
    actions: microphone.kind === 'open' ? [mute(w), hear] : [hear],
    opens: snapshot !== null,
    says: w.soundBlocked,
  });
}

function ended({ snapshot, title }: SessionState, w: Words): Place {
  const why = w.endedBy[snapshot?.space.end_reason ?? 'host'];
  return plain('ended', quiet('hourglass'), w.endedTitle, why || title, {
    opens: true,
    close: 'dismiss',
    says: why ? `${w.endedTitle}. ${why}` : snapshot?.space.is_recorded ? w.recording.endedRecorded : w.endedNotRecorded,
  });
}

/** A new role on stage is told for a moment, above what the place says anyway. */
function newRole(place: Place, memory: Memory, now: number, w: Words): Place {
  if (!isNews(memory, now) || !['muted', 'speaking', 'accepted'].includes(place.kind)) return place;
  const news = { host: w.youAreHost, cohost: w.youAreCohost, speaker: w.youAreSpeaker, listener: place.title }[memory.role];
  return { ...place, title: news, line: place.title };
}

function connected(state: SessionState, memory: Memory, w: Words, at: Setting): Place {
  const { snapshot } = state;
  const me = snapshot?.me;
  const seat = ownSeat(snapshot);
  const trouble = microphoneTrouble(state, w);
  const law = frozen(state, at.app, w) ?? silenced(state, w) ?? invited(state, w);
  if (law) return law;
  if (me && me.role !== 'listener' && seat) return onStage(state, seat, memory, trouble, w);
  if (me?.request?.state === 'pending')
    return plain('asked', quiet('handUp'), w.inLineTitle(me.request.position), askedLine(state, w), {
      actions: [{ name: 'takeBack', label: w.takeBack, tone: 'quiet' }],
      opens: true,
      says: `${w.inLineTitle(me.request.position)}. ${askedLine(state, w)}`,
    });
  if (trouble) return trouble;
  return listening(state, w, at);
}

function askedLine({ microphone }: SessionState, w: Words): string {
  return microphone.kind === 'ready' || microphone.kind === 'muted' ? w.microphoneReady : w.microphoneLater;
}

function listening(state: SessionState, w: Words, at: Setting): Place {
  const { snapshot, talking, levels } = state;
  const stage = snapshot?.stage ?? [];
  const voice = stage.find(({ user_id }) => user_id === talking[0]);
  const shown = voice ?? stage[0];
  const mark: Mark = shown
    ? { kind: 'face', profile: shown.profile, talking: Boolean(voice), level: levels[shown.user_id] ?? 0 }
    : quiet('headphones');
  const isOpen = at.speaks ?? true;
  const mayAsk = isOpen && snapshot?.me.permissions.includes('ask_to_speak');
  const why = state.ask_refused || (isOpen && snapshot?.space.speak === 'invited' ? w.onlyInvitedSpeak : '');
  const signIn: Action[] =
    at.signsIn && isGuest(snapshot?.me.user_id ?? '') ? [{ name: 'signIn', label: w.signInToSpeak, tone: 'quiet' }] : [];
  const ask: Action = { name: 'ask', label: w.askToSpeak, tone: 'quiet', icon: 'hand', round: true, ...(why ? { why } : {}) };
  return plain('listening', mark, state.title, listeningLine(state, voice, w), {
    sounds: Boolean(voice) && !state.late,
    actions: signIn.length ? signIn : mayAsk || why ? [ask] : [],
    opens: true,
    close: 'leave',
    says: w.listeningTo(state.title),
  });
}

/** How late it is, where it is; else who talks. */
function listeningLine({ late, snapshot, talking }: SessionState, voice: Seat | undefined, w: Words): string {
  if (late) return w.secondsBehind(late);
  if (!voice) return snapshot?.stage.length ? w.quietNow : w.emptyStage;
  return w.areTalking(firstName(voice.profile), talking.filter((id) => id !== voice.user_id).length);
}

/** The room's line under its title, which says how late it is, too. */
export const lateToo = (meta: string, { late }: SessionState, w: Words): string =>
  late ? w.metaBehind(meta, w.secondsBehind(late)) : meta;

function onStage(state: SessionState, seat: Seat, memory: Memory, trouble: Place | null, w: Words): Place {
  const { microphone, snapshot, talking, levels } = state;
  if (seat.is_muted_by_host || microphone.kind === 'muted_by_host') return mutedByHost(state, w);
  if (trouble) return trouble;
  if (microphone.kind === 'open')
    return plain(
      'speaking',
      { kind: 'face', profile: seat.profile, talking: talking.includes(seat.user_id), level: levels[seat.user_id] ?? 0 },
      w.microphoneOnTitle,
      w.canHearYou(snapshot?.listeners.count ?? 0),
      {
        actions: [mute(w)],
        opens: true,
        says: w.microphoneOpen,
      },
    );
  const unmute: Action = { name: 'unmute', label: w.unmute, tone: 'primary' };
  if (memory.was_held)
    return plain('unmuted', quiet('microphoneOff'), w.canUnmuteTitle, w.stillMuted, {
      actions: [unmute],
      opens: true,
      says: `${w.canUnmuteTitle}. ${w.stillMuted}.`,
    });
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
    actions: [unmute],
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
