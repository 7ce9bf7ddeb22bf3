/** Fixed people and Spaces for the gallery. */

import type { Card, Profile, Seat, SessionState, Snapshot, Space, StripEntry } from '../src/core/types';

const face = (skin: string, hair: string, ground: string, coat: string): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80"><rect width="80" height="80" fill="${ground}"/><circle cx="40" cy="30" r="22" fill="${hair}"/><ellipse cx="40" cy="38" rx="15" ry="18" fill="${skin}"/><path d="M12 80c2-18 14-24 28-24s26 6 28 24z" fill="${coat}"/><circle cx="34" cy="37" r="2"/><circle cx="46" cy="37" r="2"/><path d="M34 46q6 5 12 0" fill="none" stroke="#222" stroke-width="2"/></svg>`,
  )}`;

const person = (user_id: string, name: string, avatar_url = ''): Profile => ({
  user_id,
  username: name.toLowerCase().replace(/\W/g, ''),
  name,
  avatar_url,
  url: `#${user_id}`,
});

export const people = {
  ada: person('1', 'Ada Whitlock', face('#f0c7a4', '#3a2016', '#f5c65a', '#28486b')),
  grace: person('2', 'Grace Adeyemi', face('#8a5535', '#171312', '#bfe1d3', '#d9552b')),
  alan: person('3', 'Alan Reyes', face('#d9a074', '#2b1c14', '#bdd2f2', '#f2f2f0')),
  margaret: person('4', 'Margaret Hale', face('#f3d2bb', '#17120f', '#f2b5a7', '#4b3560')),
  kwame: person('5', 'Kwame Mensah', face('#6a4229', '#120d0a', '#f2d06a', '#245a44')),
  noor: person('6', 'Noor Haddad', face('#d9a47a', '#2e6a66', '#f2dcc4', '#2e6a66')),
  mateo: person('7', 'Mateo Silva', face('#b97a50', '#1d1512', '#a9d6e5', '#e6b23a')),
  leila: person('8', 'Leila Karimi', face('#e2b08d', '#4b2b1a', '#c9ccf0', '#1d1d25')),
  tim: person('9', 'Tim Novak', face('#f0c7a4', '#8a5a35', '#cfe3a6', '#6b2537')),
  sofia: person('10', 'Sofia Petrova'),
  omar: person('11', 'Omar Farouk'),
  jun: person('12', 'Jun Kim'),
  lena: person('13', 'Lena Castillo'),
};

export const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

export const space = (over: Partial<Space> = {}): Space => ({
  id: 'aB3dE5gH7jK9m',
  state: 'live',
  title: 'Why small software lasts',
  topic_ids: [],
  lang: 'en',
  creator_id: '1',
  host_ids: ['1'],
  speaker_ids: [],
  invited_user_ids: [],
  participant_count: 1288,
  subscriber_count: 0,
  is_ticketed: false,
  created_at: minutesAgo(25),
  updated_at: minutesAgo(1),
  scheduled_start: null,
  started_at: minutesAgo(24),
  ended_at: null,
  version: 12,
  audience: 'everyone',
  speak: 'everyone',
  is_recorded: false,
  is_recording: false,
  recording: 'off',
  allows_clips: false,
  allows_anonymous: false,
  allows_guests: false,
  cover: '',
  card_ids: ['71', '72'],
  is_frozen: false,
  host_lost: null,
  end_reason: null,
  ...over,
});

export const seat = (profile: Profile, over: Partial<Seat> = {}): Seat => ({
  user_id: profile.user_id,
  identity: `i${profile.user_id}`,
  role: 'speaker',
  is_muted: true,
  is_muted_by_host: false,
  is_kept: false,
  consent: null,
  is_blocked_by_me: false,
  lost_at: null,
  kept_until: null,
  profile,
  ...over,
});

export const seats: Seat[] = [
  seat(people.ada, { role: 'host', is_muted: false }),
  seat(people.alan, { role: 'cohost' }),
  seat(people.margaret, { is_muted: false }),
  seat(people.kwame),
  seat(people.noor, { is_muted_by_host: true }),
  seat(people.jun, { is_muted: false }),
];

export const snapshot = (over: Partial<Snapshot> = {}): Snapshot => ({
  space: space(),
  stage: seats,
  requests: [],
  invitations: [],
  listeners: {
    count: 1284,
    sample: [people.leila, people.mateo, people.sofia, people.omar, people.lena, people.tim, people.grace],
  },
  me: { user_id: '2', role: 'listener', request: null, invitation: null, mute: null, permissions: ['listen', 'report', 'ask_to_speak'] },
  ...over,
});

export const hosting = snapshot({
  me: { user_id: '1', role: 'host', request: null, invitation: null, mute: null, permissions: ['listen', 'report', 'accept', 'decline', 'invite', 'move_to_audience', 'mute', 'mute_all', 'remove', 'edit', 'end', 'hand_over', 'name_cohosts', 'pin', 'open_microphone'] },
  requests: [people.mateo, people.leila, people.sofia].map((profile, index) => ({
    user_id: profile.user_id,
    position: index + 1,
    requested_at: minutesAgo([3, 2, 0.6][index] ?? 0),
    relation: { follows_host: index === 0, is_followed_by_host: index === 1, mutuals: 6 * index },
    removed_at: index === 2 ? minutesAgo(14 * 24 * 60) : null,
    profile,
  })),
});

export const onStage = snapshot({
  stage: [...seats, seat(people.grace)],
  me: { user_id: '2', role: 'speaker', request: null, invitation: null, mute: null, permissions: ['listen', 'report', 'step_down', 'open_microphone'] },
});

export const session = (over: Partial<SessionState> = {}): SessionState => ({
  space_id: 'aB3dE5gH7jK9m',
  title: 'Why small software lasts',
  connection: { kind: 'connected' },
  microphone: { kind: 'none' },
  talking: ['1', '4'],
  levels: { '1': 0.8, '4': 0.2, '2': 0.6 },
  volume: 0.8,
  quality: 'good',
  snapshot: snapshot(),
  warning: '',
  ask_refused: '',
  is_silenced: false,
  measures: [],
  reactions: { event: 1, counts: { '\u2764\ufe0f': 3, '\ud83d\udc4f': 12 } },
  reacting: { '4': '\ud83d\udc4f' },
  ...over,
});

export const entries: StripEntry[] = [
  { kind: 'space', space: space({ recording: 'on', is_recording: true }), people: [people.ada, people.alan], reason: { code: 'host', text: 'Ada is hosting, +2 you follow' } },
  {
    kind: 'space',
    space: space({ id: 'zY8xW6vU4tS2r', title: 'Salt, time and cabbage', creator_id: '8' }),
    people: [people.leila, people.noor],
    reason: { code: 'host', text: 'Leila is hosting, Noor speaks' },
  },
  {
    kind: 'space',
    space: space({ id: 'qQ8xW6vU4tS2r', title: 'Night trains, who runs them, and why the timetable still looks like 1974', creator_id: '10' }),
    people: [people.sofia],
    reason: { code: 'speaker', text: 'Sofia is speaking' },
  },
];

export const posts: Card[] = [
  { id: '71', url: '#71', text: 'The sleeper to Vienna is full until March. Somebody should ask who runs these trains, and why so few do.', author: people.ada, at: minutesAgo(90) },
  { id: '72', url: '#72', text: 'A short list of night trains that still run.', author: people.alan, at: minutesAgo(400) },
  { id: '73', url: '#73', text: 'Notes from the depot.', author: people.ada, at: minutesAgo(4000) },
];
