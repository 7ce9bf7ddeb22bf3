/**
 * What one viewer may do to one person, for showing only what makes sense: the server decides. Its table of roles
 * arrives as `me.permissions`; rank comes on top: nobody acts on the host, and co-hosts do not on each other.
 */

import type { Invitation, Permission, Role, Seat, Snapshot, SpeakRequest } from '../../core/types';
import type { HostWords } from '../../core/host-words';
import { ago, isAhead } from '../ago';

export type PersonAction =
  | 'accept' | 'decline' | 'invite' | 'withdraw' | 'mute' | 'liftMute' | 'makeCohost' | 'dismissCohost'
  | 'moveToAudience' | 'handOver' | 'report' | 'remove';

/** Everything that the snapshot knows of one person. */
export interface Person {
  role: Role;
  isMe: boolean;
  /** Known to hosts by a number only. */
  isAnonymous: boolean;
  seat: Seat | undefined;
  request: SpeakRequest | undefined;
  invitation: Invitation | undefined;
}

const RANK: Record<Role, number> = { host: 0, cohost: 1, speaker: 2, listener: 2 };

export const isAbove = (actor: Role, target: Role): boolean => RANK[actor] < RANK[target];

/** Whoever runs or ran the Space, or created it, may read its numbers. */
export const mayReadNumbers = ({ space, me }: Snapshot): boolean =>
  space.creator_id === me.user_id || space.host_ids.includes(me.user_id);

export const may = ({ me }: Snapshot, action: Permission): boolean => me.permissions.includes(action);

export function personOf(snapshot: Snapshot, user_id: string): Person {
  const of = <Row extends { user_id: string }>(rows: Row[] | undefined) => rows?.find((row) => row.user_id === user_id);
  const seat = of(snapshot.stage);
  return {
    role: seat?.role ?? 'listener',
    isMe: user_id === snapshot.me.user_id,
    isAnonymous: user_id.startsWith('anonymous:'),
    seat,
    request: of(snapshot.requests),
    invitation: of(snapshot.invitations),
  };
}

/** Until when they are to be left in peace after a no, or null. */
export const pausedUntil = (invitation: Invitation | undefined, now: number = Date.now()): string | null =>
  invitation?.state === 'declined' && isAhead(invitation.again_at, now) ? invitation.again_at : null;

/** "Said no 10 min ago" */
export const saidNo = (invitation: Invitation | undefined, w: HostWords, now?: number): string =>
  w.saidNo(ago(invitation?.declined_at ?? '', w, now));

/** In the order in which they are offered. */
export function actionsOn(snapshot: Snapshot, user_id: string): PersonAction[] {
  const person = personOf(snapshot, user_id);
  const { role, seat } = person;
  if (person.isMe) return [];
  const isBelow = isAbove(snapshot.me.role, role);
  const found: PersonAction[] = [];
  const offer = (action: PersonAction, permission: Permission, when = true) => {
    if (when && may(snapshot, permission)) found.push(action);
  };
  if (!person.isAnonymous) {
    offer('accept', 'accept', Boolean(person.request));
    offer('decline', 'decline', Boolean(person.request));
    const invitedAs = person.invitation?.state === 'pending' ? person.invitation.role : null;
    // Taking back stands where inviting stood, so that the focus stays on one matter.
    offer(invitedAs === 'speaker' ? 'withdraw' : 'invite', 'invite', !seat && !person.request && invitedAs !== 'cohost');
    offer(seat?.is_muted_by_host ? 'liftMute' : 'mute', 'mute', Boolean(seat) && isBelow);
    if (role === 'cohost') offer('dismissCohost', 'name_cohosts');
    else if (invitedAs === 'cohost') offer('withdraw', 'invite');
    else offer('makeCohost', 'name_cohosts', isBelow);
    offer('moveToAudience', 'move_to_audience', Boolean(seat) && isBelow);
    offer('handOver', 'hand_over', Boolean(seat) && !seat?.lost_at);
    offer('report', 'report');
  }
  offer('remove', 'remove', isBelow);
  return found;
}

/** Who could host instead: a co-host who is here, longest first, else a speaker who is here. */
export function heirOf({ stage, me }: Snapshot): Seat | undefined {
  const here = stage.filter(({ user_id, lost_at }) => user_id !== me.user_id && !lost_at);
  return here.find(({ role }) => role === 'cohost') ?? here.find(({ role }) => role === 'speaker');
}

/** Whom "Mute all" would mute: speakers that no mute lies on yet. */
export const mutable = ({ stage }: Snapshot): Seat[] =>
  stage.filter(({ role, is_muted_by_host }) => role === 'speaker' && !is_muted_by_host);
