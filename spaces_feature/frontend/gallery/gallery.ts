/** Draws one view: `?view=strip|dock|docks|room|host|clip|join|create|seats|ended|report`, some with `&state=`, the host's with `&open=` (see hosting.ts), with `&theme=dark`, `&dir=rtl`. */

import type { Api } from '../src/core/api';
import { createStore } from '../src/core/store';
import type { ListedSpace, Seat, Session, SessionState, Snapshot, StripEntry } from '../src/core/types';
import { words } from '../src/core/words';
import { defineElements } from '../src/elements/define';
import type { SpacesSeat } from '../src/elements/room/seat';
import { entries, people, posts, seat, session, snapshot, space } from './cast';
import { clipAnswer } from './clips';
import { hostApi, hostCommands, hostStates, openInRoom } from './hosting';
import { planned } from './planned';
import { recordingAnswer } from './recording';
import { full, states } from './states';

const asked = new URLSearchParams(location.search);
const view = asked.get('view') ?? 'strip';
document.documentElement.dataset['theme'] = asked.get('theme') ?? 'light';
document.documentElement.dir = asked.get('dir') ?? 'ltr';

const main = document.querySelector('main') as HTMLElement;
const own = createStore<SessionState>(session({ connection: { kind: 'idle' }, snapshot: null }));
/** The session of the dock that is made next. */
let drawn = own;
const strip = createStore<StripEntry[]>([]);
const watched: Snapshot =
  view === 'join' && asked.has('state')
    ? (states[asked.get('state') ?? '']?.snapshot ?? snapshot())
    : view === 'join'
    ? snapshot({
        stage: snapshot().stage.map((one) => (one.user_id === '5' ? { ...one, is_blocked_by_me: true } : one)),
        space: space({ allows_anonymous: asked.has('unlisted') }),
      })
    : view === 'scheduled'
      ? planned(asked.get('state') ?? 'waiting')
      : snapshot();

/** Commands change the fixed data just enough to move through the states by hand. */
const commands: Partial<Session> = {
  listen: async () => own.set(session()),
  leave: async () => own.set({ ...own.get(), connection: { kind: 'idle' } }),
  askToSpeak: async () => own.set(states['asked'] ?? own.get()),
  takeBack: async () => own.set(session()),
  setMicrophone: async (open) => own.set({ ...own.get(), microphone: { kind: open ? 'open' : 'muted' } }),
  accept: async () => Promise.reject(full),
  stepDown: async () => own.set(session()),
  end: async () => own.set(states['ended'] ?? own.get()),
  devices: async () => ({ microphones: [], speakers: [] }),
  setVolume: (volume) => own.set({ ...own.get(), volume }),
  acceptInvitation: async () => own.set(states['accepted'] ?? own.get()),
  declineInvitation: async () => own.set(session()),
  dismissWarning: () => own.set({ ...own.get(), warning: '' }),
  dismiss: () => own.set({ ...own.get(), connection: { kind: 'idle' } }),
};

if (view === 'host') Object.assign(commands, hostCommands(own, full));

defineElements({
  config: { prefix: '/spaces', api: '', socket_path: '', me: people.grace, flags: { 'spaces.listen': true, 'spaces.speak': true, 'spaces.host': true, 'spaces.schedule': true, 'spaces.anonymous': true, 'spaces.reactions': true, 'spaces.guests': true, 'spaces.record': true, 'spaces.clip': true }, room_bundle: '', app_name: 'Plaza' },
  api: {
    ...hostApi,
    snapshot: async () => watched,
    me: async () => ({ user_id: '2', profile: people.grace, flags: {}, shares_listening: true }),
    updateMe: async ({ shares_listening }) => ({ user_id: '2', profile: people.grace, flags: {}, shares_listening }),
    recentSpeakers: async () => [{ user_id: '9', last_spoke_at: new Date().toISOString(), is_on_stage: false, profile: people.tim }],
    report: async () => ({ id: 'r', state: 'open' }),
    topics: async () => ['Travel', 'Railways', 'Software', 'Craft', 'Music'].map((name) => ({ id: name.toLowerCase(), name })),
    spaces: async () => ({ data: [{}, {}, {}] as ListedSpace[] }),
    call: async <T>(_: string, path: string, body: object = { level: 'scheduled' }) => path.includes('/recording') ? ((await recordingAnswer(path, body, own)) as T) : path.includes('/clips') ? ((await clipAnswer(path, asked.get('state') ?? '')) as T) : (path.startsWith('/bells') ? body : { data: path === '/cards' ? posts : posts.slice(0, 2) }) as T,
    remind: async (_, is_early) => snapshot({ me: { ...watched.me, reminder: { is_early } } }),
    forgetReminder: async () => watched,
    create: async ({ scheduled_start, cover = '', title }) => scheduled_start ? snapshot({ space: space({ state: 'scheduled', title, cover, scheduled_start }) }) : Promise.reject({ ...full, title: 'You are live already.', detail: '', code: 'already_live', space_id: 'x' }),
  } as Partial<Api> as Api,
  strip: { ...strip, isAnswered: () => true, isOver: () => false, onNews: () => () => undefined },
  get session() {
    return drawn;
  },
  openSession: async () => ({ ...own, ...commands }) as Session,
  prefetch: () => undefined,
  take: () => undefined,
  watch: () => ({ ...createStore<Snapshot | null>(asked.has('slow') ? null : watched), close: () => undefined }),
  words,
  announce: (text, assertive) => console.info(assertive ? 'assertive:' : 'polite:', text),
}, Promise.resolve());

import('../src/elements/late').then(({ defineLate }) => defineLate(Promise.resolve()));
const { openCreate, openJoin } = await import('../src/elements/room/room-elements');

main.append(document.createElement('spaces-strip'));
strip.set(asked.has('empty') ? [] : entries);
if (view === 'docks') {
  const box = document.createElement('div');
  box.className = 'states';
  main.replaceChildren(box);
  for (const [name, state] of Object.entries(states).filter(([one]) => one !== 'warned')) {
    drawn = createStore(state);
    const figure = document.createElement('figure');
    figure.append(Object.assign(document.createElement('figcaption'), { textContent: name }), document.createElement('spaces-dock'));
    box.append(figure);
  }
} else document.body.append(document.createElement('spaces-dock'));

const show = (name: string) => own.set(states[name] ?? session());
const unfold = () => document.dispatchEvent(new Event('spaces-unfold'));

if (view === 'dock') show(asked.get('state') ?? 'listening');
if (view === 'room') (show(asked.get('state') ?? 'listening'), unfold());
if (view === 'host') {
  own.set(hostStates[asked.get('state') ?? 'host'] ?? session());
  unfold();
  const open = asked.get('open');
  if (open) await openInRoom(open);
}
if (view === 'ended') (show(asked.get('state') ?? 'ended'), unfold());
if (view === 'report') {
  const about = asked.has('person') ? { profile: people.kwame } : {};
  document.body.append(Object.assign(document.createElement('spaces-report-sheet'), { snapshot: snapshot(), ...about }));
}
if (view === 'clip') {
  const { openClip } = await import('../src/clips');
  openClip({ space_id: 'aB3dE5gH7jK9m', ...(asked.has('at') ? { at_s: 130, from_s: 122, seconds: 22 } : {}) });
}
if (view === 'join') openJoin('aB3dE5gH7jK9m');
if (view === 'create') openCreate(asked.has('card') ? { id: '71' } : null);
if (view === 'bell') {
  main.innerHTML = '<p style="display:flex;justify-content:space-between;padding:24px"><spaces-bell user-id="1" level="all" name="Ada"></spaces-bell><spaces-reminder space-id="x" compact about="Night trains"></spaces-reminder><spaces-reminder space-id="x" has-reminder is-early></spaces-reminder><spaces-bell user-id="3" name="Alan"></spaces-bell></p>';
}
if (view === 'scheduled') {
  main.innerHTML = `<article style="max-width:520px;padding:32px;border-radius:28px;background:var(--spaces-surface)"><spaces-scheduled space-id="x" host-name="Ada Whitlock"><p>Before script</p></spaces-scheduled></article>`;
}
if (view === 'seats') {
  const box = document.createElement('div');
  box.className = 'seats';
  const shown: [Seat, boolean, number][] = [
    [seat(people.jun, { is_muted: false }), false, 0],
    [seat(people.margaret, { is_muted: false }), true, 0.1],
    [seat(people.ada, { is_muted: false, role: 'host' }), true, 0.5],
    [seat(people.alan, { is_muted: false }), true, 1],
    [seat(people.noor), false, 0],
    [seat(people.kwame, { is_muted_by_host: true }), false, 0],
    [seat(people.alan, { lost_at: '2026-01-01T00:00:00.000Z' }), false, 0],
    [seat(people.sofia, { lost_at: '2026-01-01T00:00:00.000Z' }), false, 0],
  ];
  for (const [one, talking, level] of shown) box.append(Object.assign(document.createElement('spaces-seat') as SpacesSeat, { seat: one, talking, level }));
  main.append(box);
}
