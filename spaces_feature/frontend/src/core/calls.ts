/** What the HTTP API can be asked and what it answers. Sent by api.ts. */

import type { Measure } from './measures';
import type { Report } from './report';
import type {
  Audience, Cover, Edit, InvitedRole, ListedSpace, Profile, RingState, Role, Snapshot, Speak,
  StripEntry,
} from './types';

export type JoinGrant = (
  | { tier: 'rtc'; url: string; token: string; identity: string; expires_at: string; snapshot: Snapshot }
  | { tier: 'hls'; url: string; expires_at: string; snapshot: Snapshot }
) & { is_anonymous?: boolean };

/** How somebody hears: from the SFU at once, or segments a few seconds later. */
export type Tier = JoinGrant['tier'];

export interface JoinOptions {
  /** Counted, not listed. Left out, a lasting stay goes on as it is. */
  is_anonymous?: boolean | undefined;
}

export interface NewSpace {
  title: string;
  topic_ids: string[];
  audience: Audience;
  speak: Speak;
  allows_anonymous?: boolean;
  allows_guests?: boolean;
  is_recorded?: boolean;
  allows_clips?: boolean;
  cover?: Cover;
  /** ISO 8601; without it the Space goes live at once. */
  scheduled_start?: string;
  /** Posts that it starts from, at most three. */
  card_ids?: string[];
  /** They are invited as co-hosts once it starts. */
  cohost_ids?: string[];
}

export interface Topic {
  id: string;
  name: string;
}

export interface MyPlace {
  user_id: string;
  profile: Profile;
  flags: Record<string, boolean | number>;
  /** Whether followers may see what the member listens to. */
  shares_listening: boolean;
}

export interface Participant {
  user_id: string;
  role: Role;
  joined_at: string;
  profile: Profile;
}

/** Somebody who may not come back to a Space. */
export interface Removal {
  user_id: string;
  /** Null where staff sent them away: which of them is their own affair. */
  by: string | null;
  reason: string;
  removed_at: string;
  profile: Profile;
}

export interface RecentSpeaker {
  user_id: string;
  last_spoke_at: string;
  is_on_stage: boolean;
  profile: Profile;
}

/** Which Spaces; left out, all that the viewer may see. */
export interface SpaceQuery {
  ids?: string;
  state?: 'live' | 'scheduled' | 'all';
  scope?: 'for_you' | 'elsewhere' | 'mine';
  cursor?: string;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Api {
  /** Any call that has no name here. */
  call<T>(method: Method, path: string, body?: object): Promise<T>;
  /** At most twenty at once. Survives the page: sent with `keepalive`. */
  measure(events: Measure[]): Promise<void>;
  me(): Promise<MyPlace>;
  updateMe(change: Pick<MyPlace, 'shares_listening'>): Promise<MyPlace>;
  topics(): Promise<Topic[]>;
  strip(): Promise<StripEntry[]>;
  /** Who of at most 100 members has a ring, and which. */
  avatars(user_ids: string[]): Promise<Record<string, RingState>>;
  snapshot(space_id: string): Promise<Snapshot>;
  spaces(query: SpaceQuery): Promise<{ data: ListedSpace[]; next_cursor?: string | null }>;
  participants(space_id: string, cursor?: string): Promise<{ data: Participant[]; next_cursor: string | null }>;
  create(space: NewSpace): Promise<Snapshot>;
  start(space_id: string): Promise<Snapshot>;
  end(space_id: string): Promise<Snapshot>;
  remind(space_id: string, is_early: boolean): Promise<Snapshot>;
  forgetReminder(space_id: string): Promise<Snapshot>;
  edit(space_id: string, patch: Edit): Promise<Snapshot>;
  join(space_id: string, options?: JoinOptions, signal?: AbortSignal): Promise<JoinGrant>;
  /** Says that the member is still here. */
  heartbeat(space_id: string): Promise<void>;
  /** Survives the page: sent with `keepalive`. */
  leave(space_id: string): Promise<void>;
  ask(space_id: string): Promise<Snapshot>;
  takeBack(space_id: string): Promise<Snapshot>;
  accept(space_id: string, user_id: string): Promise<Snapshot>;
  decline(space_id: string, user_id: string): Promise<Snapshot>;
  stepDown(space_id: string): Promise<Snapshot>;
  moveToAudience(space_id: string, user_id: string): Promise<Snapshot>;
  invite(space_id: string, user_id: string, role: InvitedRole): Promise<Snapshot>;
  withdrawInvitation(space_id: string, user_id: string): Promise<Snapshot>;
  acceptInvitation(space_id: string): Promise<Snapshot>;
  declineInvitation(space_id: string): Promise<Snapshot>;
  nameCohost(space_id: string, user_id: string): Promise<Snapshot>;
  dismissCohost(space_id: string, user_id: string): Promise<Snapshot>;
  handOver(space_id: string, user_id: string): Promise<Snapshot>;
  mute(space_id: string, user_id: string, reason?: string): Promise<Snapshot>;
  liftMute(space_id: string, user_id: string): Promise<Snapshot>;
  muteAll(space_id: string): Promise<Snapshot>;
  remove(space_id: string, user_id: string, reason: string): Promise<Snapshot>;
  removals(space_id: string): Promise<Removal[]>;
  liftRemoval(space_id: string, user_id: string): Promise<Snapshot>;
  report(space_id: string, report: Report): Promise<{ id: string; state: string }>;
  /** Who spoke in the last five minutes, on stage or not any more. */
  recentSpeakers(space_id: string): Promise<RecentSpeaker[]>;
  /** The speaker's own hint, at most two a second. */
  microphone(space_id: string, hint: { is_open: boolean; is_talking?: boolean }): Promise<void>;
}
