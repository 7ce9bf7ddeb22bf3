/** Questions about a snapshot's stage. */

import type { Profile, Seat, Snapshot } from './types';

type Copy = Snapshot | null | undefined;

const find = (copy: Copy, is: (seat: Seat) => boolean): Seat | undefined => copy?.stage.find(is);

export const hostOf = (copy: Copy): Seat | undefined => find(copy, ({ role }) => role === 'host');

export const ownSeat = (copy: Copy): Seat | undefined => find(copy, ({ user_id }) => user_id === copy?.me.user_id);

export const profileOf = (copy: Copy, user_id: string | null): Profile | undefined =>
  find(copy, (seat) => seat.user_id === user_id)?.profile;

/** Who on stage has `identity` at the SFU. */
export const userOf = (copy: Copy, identity: string): string | undefined =>
  find(copy, (seat) => seat.identity === identity)?.user_id;

/** Whether a host's mute or staff's pause keeps the member from speaking. */
export const isHeld = (copy: Copy): boolean => Boolean(ownSeat(copy)?.is_muted_by_host || copy?.space.is_frozen);

/** Whether somebody on stage has another identity at the SFU than before: the Space got a new room. */
export function hasMoved(before: Snapshot, after: Snapshot): boolean {
  const identities = new Map(before.stage.map(({ user_id, identity }) => [user_id, identity]));
  return after.stage.some(({ user_id, identity }) => (identities.get(user_id) ?? identity) !== identity);
}
