/** Values for tests, small and overridable. */

import type { JoinGrant } from '../src/core/api';
import type { Problem, Profile, Seat, Snapshot, Space, SpaceEvent } from '../src/core/types';

export const profile = (user_id: string): Profile => ({
  user_id,
  username: user_id,
  name: user_id.toUpperCase(),
  avatar_url: '',
  url: '',
});

export const seat = (user_id: string, fields: Partial<Seat> = {}): Seat => ({
  user_id,
  identity: `sfu-${user_id}`,
  role: 'speaker',
  is_muted: true,
  is_muted_by_host: false,
  is_kept: false,
  consent: null,
  is_blocked_by_me: false,
  lost_at: null,
  kept_until: null,
  profile: profile(user_id),
  ...fields,
});

export function snapshot(version: number, fields: Partial<Omit<Snapshot, 'space'>> & { space?: Partial<Space> } = {}): Snapshot {
  const { space, ...rest } = fields;
  return {
    space: {
      id: 'space',
      state: 'live',
      title: 'Why small software lasts',
      topic_ids: [],
      lang: 'en',
      creator_id: 'ada',
      host_ids: ['ada'],
      speaker_ids: [],
      invited_user_ids: [],
      participant_count: 1,
      subscriber_count: 0,
      is_ticketed: false,
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
      scheduled_start: null,
      started_at: '2026-01-01T00:00:00.000Z',
      ended_at: null,
      version,
      audience: 'everyone',
      speak: 'everyone',
      is_recorded: false,
      is_recording: false,
      recording: 'off',
      allows_clips: false,
      allows_anonymous: false,
      allows_guests: false,
      cover: '',
      card_ids: [],
      is_frozen: false,
      host_lost: null,
      end_reason: null,
      ...space,
    },
    stage: [seat('ada', { role: 'host' })],
    requests: [],
    invitations: [],
    listeners: { count: 0, sample: [] },
    me: { user_id: 'grace', role: 'listener', request: null, invitation: null, mute: null, permissions: ['ask_to_speak', 'listen'] },
    ...rest,
  };
}

export const event = (version: number | null, after: number | null, data: object, type = 'changed'): SpaceEvent => ({
  space_id: 'space',
  type,
  version,
  after,
  data: data as Record<string, unknown>,
});

export const grant = (version = 1): JoinGrant & { tier: 'rtc' } => ({
  tier: 'rtc',
  url: 'ws://sfu',
  token: 'secret',
  identity: 'sfu-grace',
  expires_at: '2026-01-01T00:01:00.000Z',
  snapshot: snapshot(version),
});

export const segments = (version = 1, life_s = 600): JoinGrant & { tier: 'hls' } => ({
  tier: 'hls',
  url: `/spaces/media/${version}/live/index.m3u8`,
  expires_at: new Date(1_000_000 + life_s * 1000).toISOString(),
  snapshot: snapshot(version),
});

/** For somebody who has a place on stage. */
export const onStage = <Grant extends JoinGrant>(grant: Grant): Grant => ({
  ...grant,
  snapshot: { ...grant.snapshot, me: { ...grant.snapshot.me, role: 'speaker' } },
});

export const problem = (status: number, code: string, extra: object = {}): Problem => ({
  status,
  code,
  title: code,
  detail: '',
  ...extra,
});

/** A small seeded generator: a failing history can be run again by its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Lets everything that is already promised happen. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
