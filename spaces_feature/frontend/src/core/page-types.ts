/** What belongs to this page: what it was told when it was written, and the member's own place in it. */

import type { Tier } from './calls';
import type { Measure } from './measures';
import type { Edit, PlanLimits } from './plan-types';
import type { ReactionCounts } from './reactions';
import type { InvitedRole, Problem, Profile, RemovalCode, Snapshot } from './types';

/** `#spaces-config`, written by `spaces_strip()`. */
export interface PageConfig {
  /** e.g. `/spaces` */
  prefix: string;
  /** e.g. `/spaces/api/v1` */
  api: string;
  /** Path of the host's Socket.IO server, e.g. `/socket.io`; empty when the host has none. */
  socket_path: string;
  me: Profile | null;
  /** Boolean and integer flags by key. */
  flags: Record<string, boolean | number>;
  /** Absolute URL of the lazily loaded room bundle. */
  room_bundle: string;
  /** Name of the host app, for plain sentences. */
  app_name: string;
  /** Where people sign in; `{next}` stands for where they come back to. */
  sign_in_url?: string;
  plan?: PlanLimits;
  /** Where else a Space can be taken, `{space_id}` in the path: words and path of each. */
  share_links?: HostLink[];
  /** What else can be made. */
  create_links?: HostLink[];
}

/** Words and path of a place of the host app's. */
export type HostLink = [title: string, path: string];

/** What this page is doing about sound: the one value that dock, panel and dialogs draw. */
export interface SessionState {
  /** Which Space, null when idle. */
  space_id: string | null;
  title: string;
  connection: ConnectionView;
  microphone: MicrophoneView;
  /** user ids that are talking now, loudest first, from the SFU. */
  talking: string[];
  /** dBFS-derived level 0..1 per user id, for rings (LOOK: speaking ring). */
  levels: Record<string, number>;
  /** 0..1 */
  volume: number;
  quality: 'good' | 'weak' | 'lost' | 'unknown';
  /** How the sound comes, or is about to. */
  tier?: Tier;
  /** Whole seconds from the stage to the ear; zero where there is nothing to tell. */
  late?: number;
  snapshot: Snapshot | null;
  /** Words of staff to this member that wait to be read; empty when there are none. */
  warning: string;
  /** Why the last question to speak was refused, while that holds: who may speak is limited. Empty otherwise. */
  ask_refused: string;
  /** Speaking was switched off a moment ago, and it took the member off the stage or out of the queue. */
  is_silenced: boolean;
  /** The reactions that came last, numbered by event. */
  reactions?: { event: number; counts: ReactionCounts };
  /** What seats show, as emoji by user id. */
  reacting?: Record<string, string>;
  /** What of this document is to be counted, newest last. */
  measures: readonly Measure[];
}

export type ConnectionView =
  | { kind: 'idle' }
  | { kind: 'joining' }
  | { kind: 'connected' }
  | { kind: 'sound_blocked' }
  | { kind: 'reconnecting'; since: number; offline: boolean }
  | { kind: 'elsewhere' }
  | { kind: 'ended' }
  | { kind: 'removed'; code: RemovalCode }
  | { kind: 'failed'; problem: Problem };

export type MicrophoneView =
  | { kind: 'none' }
  | { kind: 'ready' }
  | { kind: 'open' }
  | { kind: 'muted' }
  | { kind: 'muted_by_host' }
  | { kind: 'refused' }
  | { kind: 'missing' }
  | { kind: 'busy' };

/** A value with listeners; the same shape for the strip, a Space and the session. */
export interface Store<T> {
  get(): T;
  subscribe(listener: (value: T) => void): () => void;
}

/** What dialogs, panel and dock may ask for. Each settles when the server has answered; refusals reject with Problem. */
export interface Session extends Store<SessionState> {
  /**
   * Join (or move to) a Space; call inside the tap so that sound may start. `tapped_at` is when the tap was, milliseconds
   * since the epoch, where something was loaded in between.
   */
  listen(space_id: string, options?: { is_anonymous?: boolean | undefined; tapped_at?: number | undefined }): Promise<void>;
  leave(): Promise<void>;
  /** Acquires the microphone inside the tap, held muted, then asks. A refused microphone still asks nothing. */
  askToSpeak(): Promise<void>;
  takeBack(): Promise<void>;
  accept(user_id: string): Promise<void>;
  decline(user_id: string): Promise<void>;
  stepDown(): Promise<void>;
  moveToAudience(user_id: string): Promise<void>;
  end(): Promise<void>;
  edit(patch: Edit): Promise<void>;
  invite(user_id: string, role: InvitedRole): Promise<void>;
  withdrawInvitation(user_id: string): Promise<void>;
  /** Acquires the microphone inside the tap, held muted, then accepts. A refused microphone accepts nothing. */
  acceptInvitation(): Promise<void>;
  declineInvitation(): Promise<void>;
  /** Invites as co-host. */
  nameCohost(user_id: string): Promise<void>;
  /** Back to speaker. */
  dismissCohost(user_id: string): Promise<void>;
  /** To somebody on stage; the roles swap. */
  handOver(user_id: string): Promise<void>;
  /** They may not speak until the mute is lifted. */
  mute(user_id: string, reason?: string): Promise<void>;
  liftMute(user_id: string): Promise<void>;
  muteAll(): Promise<void>;
  /** `reason` is free text of at most 280 characters and may be empty. */
  remove(user_id: string, reason: string): Promise<void>;
  liftRemoval(user_id: string): Promise<void>;
  /** Staff's words were read. */
  dismissWarning(): void;
  setMicrophone(open: boolean): Promise<void>;
  setVolume(volume: number): void;
  /** After `sound_blocked`: call inside a tap. */
  startSound(): Promise<void>;
  /** After `elsewhere`: take the place back. */
  bringHere(): Promise<void>;
  /** Clear a terminal view (`ended`, `removed`, `failed`, `elsewhere`) from dock and panel. */
  dismiss(): void;
  devices(): Promise<{ microphones: MediaDeviceInfo[]; speakers: MediaDeviceInfo[] }>;
  chooseDevice(kind: 'audioinput' | 'audiooutput', device_id: string): Promise<void>;
}
