/** The member's place where the room's law decides it: invited, held back, the host gone, sent away. Pure. */

import { hostOf, profileOf } from '../../core/seats';
import type { RemovalCode, SessionState, Snapshot } from '../../core/types';
import type { Words } from '../../core/words';
import { firstName } from '../monogram';
import { mute, plain, quiet, warn, type Action, type Place } from './place-parts';
import { clock } from '../time';

const stepDown = (w: Words): Action => ({ name: 'stepDown', label: w.stepDown, tone: 'quiet' });

/** Somebody asks the member up, or a speaker to help run the Space. An open microphone stays within reach. */
export function invited({ snapshot, microphone }: SessionState, w: Words): Place | null {
  const { invitation } = snapshot?.me ?? {};
  if (!snapshot || invitation?.state !== 'pending') return null;
  const by = profileOf(snapshot, invitation.by) ?? hostOf(snapshot)?.profile;
  const title = w.invitesYou(by ? firstName(by) : w.host);
  const line = invitation.role === 'cohost' ? w.beCohost : w.comeUp;
  const accept: Action = { name: 'acceptInvitation', label: w.accept, tone: 'primary' };
  const decline: Action = { name: 'declineInvitation', label: w.no, tone: 'quiet' };
  const isOpen = microphone.kind === 'open';
  return plain(
    'invited',
    by
      ? { kind: 'face', profile: by, talking: false, level: 0 }
      : quiet('handUp'),
    title,
    line,
    {
      actions: isOpen ? [mute(w), accept] : [decline, accept],
      opens: true,
      close: isOpen ? 'declineInvitation' : null,
      says: `${title}. ${line}.`,
    },
  );
}

/** A host's mute: whose it is, who can lift it, and why where that was said. */
export function mutedByHost({ snapshot }: SessionState, w: Words): Place {
  const mute = snapshot?.me.mute;
  const host = snapshot ? hostOf(snapshot) : undefined;
  const by = snapshot && mute ? profileOf(snapshot, mute.by) : undefined;
  const title = by ? w.mutedYouTitle(firstName(by)) : w.hostMutedTitle;
  // Whoever left the stage can lift nothing; the host can.
  const lifter = by ?? host?.profile;
  const name = lifter ? firstName(lifter) : w.host;
  const line = mute?.reason ? w.canLiftItBecause(name, mute.reason) : w.canLiftIt(name);
  return plain('muted_by_host', warn('lock'), title, line, {
    actions: [stepDown(w)],
    opens: true,
    says: `${title}. ${line}.`,
  });
}

/** Staff froze the stage. */
export function frozen({ snapshot }: SessionState, app: string, w: Words): Place | null {
  if (!snapshot?.space.is_frozen) return null;
  const { me } = snapshot;
  const title = w.stagePausedTitle(app);
  const isSpeaker = me.permissions.includes('step_down');
  return plain('frozen', warn('pause'), title, w.stagePausedLine, {
    actions: isSpeaker ? [stepDown(w)] : me.request ? [{ name: 'takeBack', label: w.takeBack, tone: 'quiet' }] : [],
    opens: true,
    close: me.role === 'listener' ? 'leave' : null,
    says: `${title}. ${w.stagePausedLine}.`,
  });
}

/** What becomes of the Space while its host is gone, counted down here; null while there is nothing to tell. */
export function hostLostLine(snapshot: Snapshot | null, now: number, w: Words): string | null {
  const lost = snapshot?.space.host_lost;
  if (!lost || hostOf(snapshot)?.user_id === snapshot.me.user_id) return null;
  const [since, until] = [Date.parse(lost.since), Date.parse(lost.until)];
  // The clock here may differ from the server's: never more than the whole wait.
  const left = Math.ceil(Math.min(Math.max(0, until - now), until - since) / 1000);
  if (lost.successor_id === snapshot.me.user_id) return w.youTakeOver(clock(left));
  const successor = profileOf(snapshot, lost.successor_id);
  return successor ? w.takesOver(firstName(successor), clock(left)) : w.endsIn(clock(left));
}

export function hostLostTitle(snapshot: Snapshot, w: Words): string {
  const host = hostOf(snapshot);
  return w.lostConnection(host ? firstName(host.profile) : w.host);
}

/** The host is gone: all of the dock for who listens, a line of it for who has something else to tell. */
export function whileHostIsLost(place: Place, { snapshot }: SessionState, now: number, w: Words): Place {
  const line = hostLostLine(snapshot, now, w);
  if (line === null || !snapshot || place.tone === 'live' || place.kind === 'invited') return place;
  if (place.kind !== 'listening') return { ...place, line, sounds: false };
  const title = hostLostTitle(snapshot, w);
  return plain('host_lost', warn('hourglass'), title, line, {
    actions: [{ name: 'leave', label: w.leaveShort, tone: 'quiet' }],
    opens: true,
  });
}

/** Sent away. A block and the network's own decision are told in the same neutral words. */
export function sentAway(code: RemovalCode, app: string, w: Words): Place {
  const removed = { removed: w.removedShort, removed_by_staff: w.removedByTeamShort(app) };
  const title = code in removed ? removed[code as keyof typeof removed] : sentAwayTitle(code, app, w);
  const line = sentAwayLine(code, w);
  return plain('removed', warn('warning'), title, line, {
    opens: true,
    close: 'dismiss',
    says: `${sentAwayTitle(code, app, w)}.${code in removed || !line ? '' : ` ${line}.`}`,
  });
}

/** The whole sentence, without its full stop. */
export function sentAwayTitle(code: RemovalCode, app: string, w: Words): string {
  switch (code) {
    case 'removed':
      return w.removedFrom;
    case 'removed_by_staff':
      return w.removedByTeam(app);
    case 'guests_closed':
      return w.membersOnly;
    case 'switched_off':
      return w.listeningOff;
    case 'guests_off':
      return w.guestsOff;
    default:
      return w.noLongerIn;
  }
}

/** What there is to say beyond it, without its full stop; empty where that is nothing. */
export function sentAwayLine(code: RemovalCode, w: Words): string {
  if (code === 'switched_off') return w.nothingYouDid;
  if (code === 'guests_off') return w.guestsOffLine;
  return code === 'removed' || code === 'removed_by_staff' ? w.removedForGood : '';
}

/** Speaking was switched off under somebody who spoke, or was about to. */
export function silenced({ snapshot, is_silenced }: SessionState, w: Words): Place | null {
  if (!is_silenced || snapshot?.me.role !== 'listener') return null;
  return plain('silenced', quiet('microphoneOff'), w.speakingOff, w.keepListening, {
    opens: true,
    close: 'leave',
    says: `${w.speakingOff}. ${w.keepListening}.`,
  });
}

/** Nobody listens anonymously here any more: under one's name, or not at all. */
export function namesOnly(w: Words): Place {
  return plain('failed', quiet('headphones'), w.namesOnlyTitle, w.namesOnlyLine, {
    actions: [{ name: 'listenNamed', label: w.listenNamed, tone: 'quiet' }],
    close: 'dismiss',
    says: `${w.namesOnlyTitle}. ${w.namesOnlyLine}.`,
  });
}
