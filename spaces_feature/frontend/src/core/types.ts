/**
 * The values that cross the seams of the front end: what the API answers and what the socket sends. What is of this page
 * alone stands in page-types. No DOM, no library here.
 */

import type { Cover } from './plan-types';

export type * from './page-types';
export type * from './plan-types';

export type Role = 'host' | 'cohost' | 'speaker' | 'listener';
export type SpaceState = 'scheduled' | 'live' | 'ended' | 'canceled';
export type Audience = 'everyone' | 'followers' | 'following' | 'invited';
export type Speak = 'everyone' | 'following' | 'invited';

export interface Profile {
  user_id: string;
  username: string;
  name: string;
  /** May be empty: then a monogram is drawn. */
  avatar_url: string;
  url: string;
}

export interface Space {
  id: string;
  state: SpaceState;
  title: string;
  topic_ids: string[];
  lang: string;
  creator_id: string;
  /** The host, then the co-hosts. */
  host_ids: string[];
  speaker_ids: string[];
  invited_user_ids: string[];
  /** Everyone present, stage included. Unversioned: kept fresh by `listeners` events. */
  participant_count: number;
  subscriber_count: number;
  is_ticketed: boolean;
  created_at: string;
  updated_at: string;
  scheduled_start: string | null;
  started_at: string | null;
  ended_at: string | null;
  /** Grows by one with every versioned command; an event applies when `after <= version < event.version`. */
  version: number;
  audience: Audience;
  speak: Speak;
  /** The host chose a recording, now or then. */
  is_recorded: boolean;
  /** Sound is being kept in a recording now. */
  is_recording: boolean;
  recording: RecordingState;
  allows_clips: boolean;
  allows_anonymous: boolean;
  /** Whoever is signed out may listen. */
  allows_guests: boolean;
  cover: Cover;
  /** Pinned posts of the host app, at most three. */
  card_ids: string[];
  /** Staff froze the stage: nobody may speak until they lift it. */
  is_frozen: boolean;
  /** The host lost connection; at `until` the Space goes to `successor_id`, or ends where there is none. */
  host_lost: { since: string; until: string; successor_id: string | null } | null;
  /** `canceled` and `expired` (never started) belong to the state `canceled`. */
  end_reason: 'host' | 'host_gone' | 'staff' | 'empty' | 'switched_off' | 'canceled' | 'expired' | null;
}

/** Not wanted; wanted and not begun; kept now; lost for a while and tried again. */
export type RecordingState = 'off' | 'starting' | 'on' | 'interrupted';

export interface Seat {
  user_id: string;
  /** Who they are at the SFU in this room; changes with each `room_moved`. */
  identity: string;
  role: Exclude<Role, 'listener'>;
  is_muted: boolean;
  is_muted_by_host: boolean;
  /** Their voice is in what is kept of this Space now, or would be; null to who is not on stage, and where nothing is kept. */
  is_kept: boolean | null;
  /** How they answered when they were asked about that; null to who is not host or co-host, and where nothing is kept. */
  consent: 'asked' | 'agreed' | 'declined' | null;
  is_blocked_by_me: boolean;
  /** Connection lost, seat kept until `kept_until`; both null while they are here. */
  lost_at: string | null;
  kept_until: string | null;
  /** Since when they have their role. */
  seated_at?: string;
  profile: Profile;
}

export interface SpeakRequest {
  user_id: string;
  /** 1 is next. */
  position: number;
  requested_at: string;
  /** Relative to the Space's host. */
  relation: { follows_host: boolean; is_followed_by_host: boolean; mutuals: number };
  /** When this host removed them from an earlier Space; null if never. */
  removed_at: string | null;
  profile: Profile;
}

export type InvitedRole = 'speaker' | 'cohost';

/** Seen by host and co-hosts only. */
export interface Invitation {
  user_id: string;
  role: InvitedRole;
  state: 'pending' | 'declined';
  /** user id of who invited. */
  by: string;
  invited_at: string;
  expires_at: string;
  /** When they said no. */
  declined_at: string | null;
  /** After a no: when they may be asked again. */
  again_at: string | null;
  profile: Profile;
}

export type Permission =
  | 'listen' | 'report' | 'ask_to_speak' | 'withdraw' | 'step_down' | 'open_microphone' | 'accept' | 'decline'
  | 'invite' | 'move_to_audience' | 'mute' | 'mute_all' | 'remove' | 'edit' | 'end' | 'hand_over' | 'name_cohosts'
  | 'start' | 'cancel' | 'remind' | 'pin' | 'record' | 'clip';

/** Whether the member's own voice may be kept. `words` is the question as it is written down with the answer. */
export interface Consent {
  state: 'asked' | 'agreed' | 'declined';
  covers: 'recording' | 'clips';
  words: string;
}

export interface Me {
  user_id: string;
  role: Role;
  request: { state: 'pending'; position: number } | null;
  invitation: { state: 'pending'; role: InvitedRole; by: string; expires_at: string } | null;
  /** Set while the host's mute lies on me; `by` is a user id, `reason` may be empty. */
  mute: { by: string; reason: string } | null;
  /** Set on stage while something is kept of the Space. */
  consent?: Consent | null;
  /** Set while I am to be told of the start; `is_early`: ten minutes before as well. */
  reminder?: { is_early: boolean } | null;
  /** Names of `Permission`; a newer server may know more. */
  permissions: string[];
}

export interface Snapshot {
  space: Space;
  stage: Seat[];
  requests: SpeakRequest[];
  invitations: Invitation[];
  listeners: { count: number; sample: Profile[] };
  me: Me;
}

/**
 * What the namespace sends as `event`.
 *
 * Versioned (version is a number): ignored when `version` <= own, applied when `after` <= own (the class was sent
 * nothing in between, so a newer copy may take it as well), else the copy is stale and the snapshot is fetched. `data` is either `{snapshot}` (this viewer's class changed: replace everything) or a
 * patch of what this class sees:
 *   `viewers`      the class it is for: `hosts`, `stage`, `queue` (listeners who wait) or `audience`; when that is not
 *                  the copy's own class the viewer's move was missed and the snapshot is fetched
 *   `space`        changed fields of Space
 *   `stage`        `{put: Seat[], drop: user_id[], order: user_id[]}`; `put` seats lack nothing but keep the copy's own
 *                  `is_blocked_by_me` when absent
 *   `requests`     `{put: SpeakRequest[], drop: user_id[]}`; the queue is first come, first served, positions are 1..n
 *   `invitations`  `{put: Invitation[], drop: user_id[], order: user_id[]}`, to host and co-hosts
 *   `queue`        `{left: position}`: somebody ahead of or behind a waiting viewer left the queue
 *   `permissions`  `{role: action names}` when the state changed what each role may do
 * Unversioned (version and after are null): `listeners` `{count, sample, participant_count}`, `talking` `{user_id, is_talking}`,
 * `reactions` `{counts: {emoji: number}, seats: [{user_id, emoji}]}`;
 * to one member only `removed` `{code: removed | blocked | barred | guests_closed | switched_off, by: host | staff}`, the last they hear of the Space, and `warned` `{words}`.
 * A versioned event whose data has `code: switched_off` moved people off the stage because speaking was switched off.
 * `room_moved` arrives versioned with `rejoin: {spread_ms}` beside the patch.
 */
export interface SpaceEvent {
  space_id: string;
  type: string;
  version: number | null;
  after: number | null;
  data: Record<string, unknown>;
}

/**
 * Why somebody was sent away: by a host, by staff, by a block, by the network itself, or because listening is switched
 * off: for all, for who is signed out, or anonymously.
 */
export type RemovalCode =
  | 'removed' | 'removed_by_staff' | 'blocked' | 'barred' | 'guests_closed' | 'switched_off' | 'guests_off' | 'anonymous_off';

export interface StripEntry {
  kind: 'space' | 'fleet';
  space?: Space;
  people: Profile[];
  reason?: { code: string; text: string };
  /** Of a Space: whether somebody is talking now. */
  is_talking?: boolean;
  /** Of a fleet, as all that follows. */
  id?: string;
  url?: string;
  is_seen?: boolean;
  expires_at?: string;
}

/** The ring around somebody: they are live, or have fleets that the viewer has not seen, or has. */
export type RingState = 'live' | 'unseen' | 'seen';

/** RFC 9457 problem as our API answers it. */
export interface Problem {
  status: number;
  code: string;
  /** A plain sentence for people. */
  title: string;
  /** What to do next; may be empty. */
  detail: string;
  [extra: string]: unknown;
}
