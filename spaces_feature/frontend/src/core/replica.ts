/**
 * A viewer's copy of one Space: old copy + event = new copy. The server's `domain/replica.py` is the same function,
 * and both are compared on generated histories.
 */

import { ownPermissions } from './guests';
import type { Invitation, Profile, Seat, Snapshot, Space, SpaceEvent, SpeakRequest } from './types';

export interface Applied {
  /** `stale`: an event was missed; fetch the snapshot. The copy is then returned untouched. */
  kind: 'same' | 'changed' | 'stale';
  snapshot: Snapshot;
}

/** A list of rows keyed by `user_id`. `put` rows keep what the copy's own row has beyond them; `order` is the result's. */
interface RowsPatch<Row> {
  put: Row[];
  drop: string[];
  order: string[];
}

interface Patch {
  /** The class of viewer that this event is for. */
  viewers?: string;
  snapshot?: Snapshot;
  space?: Partial<Space>;
  stage?: RowsPatch<Seat>;
  requests?: RowsPatch<SpeakRequest>;
  invitations?: RowsPatch<Invitation>;
  queue?: { left: number };
  permissions?: Partial<Record<string, string[]>>;
}

/**
 * An event that the copy already holds changes nothing. A copy newer than `after` takes the event: its class was sent
 * nothing in between, so nothing of what it sees has changed since `after`. An event for another class of viewer than
 * the copy's, or a snapshot of another class that comes late, says that the viewer's own move was missed.
 */
export function applyEvent(copy: Snapshot, event: SpaceEvent): Applied {
  if (event.space_id !== copy.space.id) return { kind: 'same', snapshot: copy };
  if (event.version === null) return applyUnversioned(copy, event);
  const own = copy.space.version;
  const patch = event.data as Patch;
  if (event.version <= own) {
    const isLateMove = patch.snapshot !== undefined && classOf(patch.snapshot) !== classOf(copy);
    return { kind: isLateMove ? 'stale' : 'same', snapshot: copy };
  }
  const isMissed = event.after === null || event.after > own || (patch.viewers ?? classOf(copy)) !== classOf(copy);
  if (isMissed) return { kind: 'stale', snapshot: copy };
  if (patch.snapshot) return { kind: 'changed', snapshot: patch.snapshot };
  return {
    kind: 'changed',
    snapshot: {
      ...copy,
      space: { ...copy.space, ...patch.space, version: event.version },
      stage: patchedRows(copy.stage, patch.stage, { is_blocked_by_me: false }),
      requests: patchedRows(copy.requests, patch.requests, {}).map((row, index) => ({ ...row, position: index + 1 })),
      invitations: patchedRows(copy.invitations, patch.invitations, {}),
      me: patchedMe(copy.me, patch),
    },
  };
}

function applyUnversioned(copy: Snapshot, event: SpaceEvent): Applied {
  if (event.type !== 'listeners') return { kind: 'same', snapshot: copy };
  const { count, sample, participant_count } = event.data as {
    count: number;
    sample: Profile[];
    participant_count: number;
  };
  const space = { ...copy.space, participant_count };
  return { kind: 'changed', snapshot: { ...copy, space, listeners: { count, sample } } };
}

/** The class that the copy believes its viewer to be in. */
function classOf({ me }: Snapshot): string {
  if (me.role === 'listener') return me.request ? 'queue' : 'audience';
  return me.role === 'speaker' ? 'stage' : 'hosts';
}

function patchedRows<Row extends { user_id: string }>(
  rows: Row[],
  patch: RowsPatch<Row> | undefined,
  defaults: Partial<Row>,
): Row[] {
  if (!patch) return rows;
  const byId = new Map(rows.map((row) => [row.user_id, row]));
  for (const row of patch.put) byId.set(row.user_id, { ...defaults, ...byId.get(row.user_id), ...row });
  return patch.order.flatMap((user_id) => byId.get(user_id) ?? []);
}

function patchedMe(me: Snapshot['me'], { queue, permissions }: Patch): Snapshot['me'] {
  const request =
    me.request && queue && queue.left < me.request.position
      ? { ...me.request, position: me.request.position - 1 }
      : me.request;
  const ofRole = permissions?.[me.role];
  return { ...me, request, permissions: ofRole ? ownPermissions(me.user_id, ofRole) : me.permissions };
}
