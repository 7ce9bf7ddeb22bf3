/** A Space under its host's hands for the gallery: commands really change it, after a moment, and some are refused. */

import type { Api, Participant, Removal } from '../src/core/calls';
import type { Writable } from '../src/core/store';
import type { Invitation, Problem, Profile, Session, SessionState, Snapshot } from '../src/core/types';
import type { Sheet } from '../src/elements/side-sheet';
import { hosting, minutesAgo, onStage, people, session } from './cast';
import { recordingStates } from './recording';

const inMinutes = (minutes: number): string => minutesAgo(-minutes);

export const invitation = (profile: Profile, over: Partial<Invitation> = {}): Invitation => ({
  user_id: profile.user_id,
  role: 'speaker',
  state: 'pending',
  by: '1',
  invited_at: minutesAgo(1),
  expires_at: inMinutes(9),
  declined_at: null,
  again_at: null,
  profile,
  ...over,
});

const relation = (follows_host: boolean, is_followed_by_host: boolean, mutuals: number) => ({ follows_host, is_followed_by_host, mutuals });

const asks = (profile: Profile, position: number, minutes: number, standing: ReturnType<typeof relation>, removed_at: string | null = null) => ({
  user_id: profile.user_id,
  position,
  requested_at: minutesAgo(minutes),
  relation: standing,
  removed_at,
  profile,
});

/** As in the pictures: three ask, one is invited, one said no. */
export const running: Snapshot = {
  ...hosting,
  stage: hosting.stage.map((seat, index) => ({ ...seat, seated_at: minutesAgo(24 - 2.6 * index) })),
  requests: [
    asks(people.mateo, 1, 3, relation(true, true, 6)),
    asks(people.leila, 2, 2, relation(true, false, 2)),
    asks(people.tim, 3, 0.68, relation(false, false, 0), minutesAgo(15 * 24 * 60)),
  ],
  invitations: [
    invitation(people.sofia),
    invitation(people.omar, { state: 'declined', declined_at: minutesAgo(10), again_at: inMinutes(20), invited_at: minutesAgo(12) }),
  ],
};

const seen = (snapshot: Snapshot) => session({ microphone: { kind: 'open' }, snapshot });

/** By who looks at the Space. */
export const hostStates: Record<string, SessionState> = {
  host: seen(running),
  ...recordingStates,
  empty: seen({ ...running, requests: [], listeners: { count: 0, sample: [] } }),
  cohost: seen({
    ...running,
    me: {
      ...running.me,
      user_id: '3',
      role: 'cohost',
      permissions: [...running.me.permissions.filter((name) => !['end', 'hand_over', 'name_cohosts'].includes(name)), 'step_down'],
    },
  }),
  speaker: seen({ ...onStage, requests: running.requests }),
};

const anonymous = (number: number): Profile => ({ user_id: `anonymous:${number}`, username: '', name: `Anonymous ${number}`, avatar_url: '', url: '' });

const crowd: Profile[] = [
  people.grace, people.sofia, people.omar, people.lena, people.leila, people.mateo, people.tim, anonymous(3),
  ...Array.from({ length: 70 }, (_, index) => ({
    ...people.sofia,
    user_id: `c${index}`,
    name: `${['Ines', 'José', 'Wren', 'Dele', 'Hana', 'Yusuf', 'Maria-Magdalena'][index % 7]} ${['Novák', 'O’Brien', 'Lee'][index % 3]}`,
    username: `m${index}`,
  })),
];

const PAGE = 50;
const removals: Removal[] = [
  { user_id: '30', by: '1', reason: 'Insults or harassment', removed_at: minutesAgo(4), profile: { ...people.jun, user_id: '30', name: 'Rolf Becker' } },
  { user_id: '31', by: '3', reason: '', removed_at: minutesAgo(70), profile: { ...people.jun, user_id: '31', name: 'Sam Ode' } },
];

const moment = () => new Promise((resolve) => setTimeout(resolve, 400));

export const hostApi: Partial<Api> = {
  participants: async (_space_id, cursor) => {
    await moment();
    const from = Number(cursor ?? 0);
    const data = crowd.slice(from, from + PAGE).map<Participant>((profile, index) => ({
      user_id: profile.user_id,
      role: 'listener',
      joined_at: minutesAgo(22 - index / 3),
      profile,
    }));
    return { data, next_cursor: from + PAGE < crowd.length ? String(from + PAGE) : null };
  },
  removals: async () => removals,
};

export function hostCommands(own: Writable<SessionState>, full: Problem): Partial<Session> {
  const change = async (edit: (snapshot: Snapshot) => Partial<Snapshot>) => {
    await moment();
    const state = own.get();
    const { snapshot } = state;
    if (!snapshot) return;
    const space = { ...snapshot.space, version: snapshot.space.version + 1 };
    own.set({ ...state, snapshot: { ...snapshot, space, ...edit({ ...snapshot, space }) } });
  };
  const without = <Row extends { user_id: string }>(rows: Row[], user_id: string) => rows.filter((row) => row.user_id !== user_id);
  const seats = (user_id: string, over: object) => (snapshot: Snapshot) => ({
    stage: snapshot.stage.map((seat) => (seat.user_id === user_id ? { ...seat, ...over } : seat)),
  });
  const invite = (user_id: string, role: Invitation['role']) =>
    change(({ invitations, stage }) => {
      const profile = [...crowd, ...stage.map((seat) => seat.profile)].find((one) => one.user_id === user_id);
      return profile ? { invitations: [...without(invitations, user_id), invitation(profile, { role })] } : {};
    });
  return {
    accept: async () => {
      await moment();
      throw full;
    },
    decline: (user_id) => change(({ requests }) => ({ requests: without(requests, user_id) })),
    invite,
    nameCohost: (user_id) => invite(user_id, 'cohost'),
    withdrawInvitation: (user_id) => change(({ invitations }) => ({ invitations: without(invitations, user_id) })),
    mute: (user_id) => change(seats(user_id, { is_muted: true, is_muted_by_host: true })),
    liftMute: (user_id) => change(seats(user_id, { is_muted_by_host: false })),
    muteAll: () =>
      change(({ stage }) => ({ stage: stage.map((seat) => (seat.role === 'speaker' ? { ...seat, is_muted_by_host: true } : seat)) })),
    dismissCohost: (user_id) => change(seats(user_id, { role: 'speaker' })),
    moveToAudience: (user_id) => change(({ stage }) => ({ stage: without(stage, user_id) })),
    remove: (user_id) => change(({ stage, requests }) => ({ stage: without(stage, user_id), requests: without(requests, user_id) })),
    liftRemoval: async (user_id) => {
      removals.splice(removals.findIndex((row) => row.user_id === user_id), 1);
      await change(() => ({}));
    },
    edit: (patch) => change(({ space }) => ({ space: { ...space, ...patch } })),
    handOver: () => change(() => ({})),
  };
}

const SHEETS: Record<string, Sheet> = {
  menu: { kind: 'menu' },
  sound: { kind: 'sound' },
  invite: { kind: 'invite' },
  removed: { kind: 'removed' },
  edit: { kind: 'edit' },
  pin: { kind: 'pin' },
  end: { kind: 'end' },
  record: { kind: 'record' },
  consent: { kind: 'consent' },
  person: { kind: 'person', profile: people.kwame },
  cohost: { kind: 'person', profile: people.alan },
  muted: { kind: 'person', profile: people.noor },
  asking: { kind: 'person', profile: people.tim },
  listener: { kind: 'person', profile: people.lena, joined_at: minutesAgo(20) },
  declined: { kind: 'person', profile: people.omar },
  anonymous: { kind: 'person', profile: anonymous(3) },
  remove: { kind: 'remove', profile: people.tim },
  report: { kind: 'report', profile: people.tim },
};

/** Opens a sheet, a tab or the question before all are muted, by name. */
export async function openInRoom(name: string): Promise<void> {
  const deep = (root: Document | ShadowRoot, selector: string): HTMLElement | null => {
    const found = root.querySelector<HTMLElement>(selector);
    if (found) return found;
    for (const { shadowRoot } of root.querySelectorAll('*')) {
      const inner = shadowRoot && deep(shadowRoot, selector);
      if (inner) return inner;
    }
    return null;
  };
  const soon = async (selector: string) => {
    for (let tries = 0; tries < 60; tries++) {
      const found = deep(document, selector);
      if (found) return found;
      await new Promise(requestAnimationFrame);
    }
    throw new Error(`no ${selector}`);
  };
  const detail = SHEETS[name];
  if (detail) (await soon('dialog.panel')).dispatchEvent(new CustomEvent('spaces-show', { detail }));
  else (await soon(name === 'mute-all' ? '[data-action="muteAll"]' : `#tab-${name}`)).click();
}
