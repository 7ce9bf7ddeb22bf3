/** The member's place in every state that dock and room draw. */

import type { Problem, SessionState } from '../src/core/types';
import { hosting, onStage, people, seat, seats, session, snapshot, space } from './cast';
import { recordingStates } from './recording';

export const full: Problem = { status: 409, code: 'full', title: 'The stage is full.', detail: 'Ask again when somebody steps down.' };

const { me } = snapshot();
const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();
const invitation = { state: 'pending', role: 'speaker', by: '1', expires_at: soon(600) } as const;
const lost = (successor_id: string | null) => ({ since: soon(-18), until: soon(42), successor_id });
const withoutHost = seats.map((one) => (one.role === 'host' ? { ...one, lost_at: soon(-18), kept_until: soon(42), is_muted: true } : one));
const graceMuted = { ...onStage, stage: [...seats, seat(people.grace, { is_muted_by_host: true })] };

export const states: Record<string, SessionState> = {
  listening: session(),
  asked: session({ microphone: { kind: 'ready' }, snapshot: snapshot({ me: { ...me, request: { state: 'pending', position: 2 } } }) }),
  invited: session({ snapshot: snapshot({ me: { ...me, invitation } }) }),
  invited_cohost: session({ microphone: { kind: 'muted' }, snapshot: { ...onStage, me: { ...onStage.me, invitation: { ...invitation, role: 'cohost' } } } }),
  invited_open: session({ microphone: { kind: 'open' }, snapshot: { ...onStage, me: { ...onStage.me, invitation: { ...invitation, role: 'cohost' } } } }),
  accepted: session({ microphone: { kind: 'ready' }, snapshot: onStage }),
  speaking: session({ microphone: { kind: 'open' }, talking: ['2'], snapshot: onStage }),
  muted_by_host: session({ microphone: { kind: 'muted_by_host' }, snapshot: graceMuted }),
  muted_because: session({
    microphone: { kind: 'muted_by_host' },
    snapshot: { ...graceMuted, me: { ...onStage.me, mute: { by: '3', reason: 'There is an echo on your line' } } },
  }),
  frozen: session({ talking: [], snapshot: snapshot({ space: space({ is_frozen: true }) }) }),
  frozen_speaker: session({ talking: [], microphone: { kind: 'muted' }, snapshot: { ...onStage, space: space({ is_frozen: true }) } }),
  host_lost: session({ talking: [], snapshot: snapshot({ stage: withoutHost, space: space({ host_lost: lost('3') }) }) }),
  host_lost_alone: session({ talking: [], snapshot: snapshot({ stage: withoutHost, space: space({ host_lost: lost(null) }) }) }),
  host_lost_speaker: session({
    talking: [],
    microphone: { kind: 'open' },
    snapshot: { ...onStage, stage: [...withoutHost, seat(people.grace)], space: space({ host_lost: lost('2') }) },
  }),
  only_invited: session({ snapshot: snapshot({ space: space({ speak: 'invited' }) }) }),
  only_followed: session({ ask_refused: 'Only people whom Ada follows speak here.', snapshot: snapshot({ space: space({ speak: 'following' }) }) }),
  blocked: session({ snapshot: snapshot({ stage: seats.map((one) => (one.user_id === '5' ? { ...one, is_blocked_by_me: true } : one)) }) }),
  warned: session({ warning: 'Please stop reading out other people\u2019s addresses. The next time you leave the stage.' }),
  reconnecting: session({ connection: { kind: 'reconnecting', since: 0, offline: false } }),
  offline: session({ connection: { kind: 'reconnecting', since: 0, offline: true } }),
  refused: session({ microphone: { kind: 'refused' } }),
  busy: session({ microphone: { kind: 'busy' } }),
  sound_blocked: session({ connection: { kind: 'sound_blocked' } }),
  elsewhere: session({ connection: { kind: 'elsewhere' } }),
  joining: session({ connection: { kind: 'joining' }, snapshot: null }),
  ended: session({ connection: { kind: 'ended' }, snapshot: snapshot({ space: space({ state: 'ended', ended_at: soon(0), participant_count: 2031 }) }) }),
  ended_by_staff: session({
    connection: { kind: 'ended' },
    snapshot: snapshot({ space: space({ state: 'ended', end_reason: 'staff', ended_at: soon(0), participant_count: 31 }) }),
  }),
  ended_by_host: session({
    connection: { kind: 'ended' },
    snapshot: { ...hosting, space: space({ state: 'ended', end_reason: 'host', ended_at: soon(0), participant_count: 31 }) },
  }),
  switched_off: session({
    connection: { kind: 'ended' },
    snapshot: snapshot({ space: space({ state: 'ended', end_reason: 'switched_off', ended_at: soon(0), participant_count: 31 }) }),
  }),
  silenced: session({ is_silenced: true, ask_refused: 'Speaking is switched off for now. You can keep listening.' }),
  ask_switched_off: session({ ask_refused: 'Speaking is switched off for now. You can keep listening.' }),
  listening_off: session({ connection: { kind: 'removed', code: 'switched_off' }, snapshot: null }),
  guests_off: session({ connection: { kind: 'removed', code: 'guests_off' }, snapshot: null }),
  anonymous_off: session({ connection: { kind: 'removed', code: 'anonymous_off' }, snapshot: null }),
  removed: session({ connection: { kind: 'removed', code: 'removed' }, snapshot: null }),
  barred: session({ connection: { kind: 'removed', code: 'barred' }, snapshot: null }),
  failed: session({ connection: { kind: 'failed', problem: full } }),
  hosting: session({ microphone: { kind: 'open' }, snapshot: hosting }),
  ...recordingStates,
  host_muted: session({ microphone: { kind: 'muted' }, snapshot: hosting }),
};
