/** Draws one view: `?view=strip|dock|room|host|join|create|seats|ended|help`, with `&theme=dark`, `&dir=rtl`. */

import type { Api } from '../src/core/api';
import { createStore } from '../src/core/store';
import type { Problem, Seat, Session, SessionState, Snapshot, StripEntry } from '../src/core/types';
import { words } from '../src/core/words';
import { defineElements } from '../src/elements/define';
import type { SpacesSeat } from '../src/elements/seat';
import { entries, hosting, onStage, people, seat, session, snapshot, space } from './cast';

const asked = new URLSearchParams(location.search);
const view = asked.get('view') ?? 'strip';
document.documentElement.dataset['theme'] = asked.get('theme') ?? 'light';
document.documentElement.dir = asked.get('dir') ?? 'ltr';

const main = document.querySelector('main') as HTMLElement;
const own = createStore<SessionState>(session({ connection: { kind: 'idle' }, snapshot: null }));
const strip = createStore<StripEntry[]>([]);
const full: Problem = { status: 409, code: 'full', title: 'The stage is full.', detail: 'Ask again when somebody steps down.' };
const watched: Snapshot =
  view === 'join' ? snapshot({ stage: snapshot().stage.map((one) => (one.user_id === '5' ? { ...one, is_blocked_by_me: true } : one)) }) : snapshot();

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
  dismiss: () => own.set({ ...own.get(), connection: { kind: 'idle' } }),
};

const states: Record<string, SessionState> = {
  listening: session(),
  asked: session({ microphone: { kind: 'ready' }, snapshot: snapshot({ me: { ...snapshot().me, request: { state: 'pending', position: 2 } } }) }),
  accepted: session({ microphone: { kind: 'ready' }, snapshot: onStage }),
  speaking: session({ microphone: { kind: 'open' }, talking: ['2'], snapshot: onStage }),
  muted_by_host: session({
    microphone: { kind: 'muted_by_host' },
    snapshot: { ...onStage, stage: [...snapshot().stage, seat(people.grace, { is_muted_by_host: true })] },
  }),
  reconnecting: session({ connection: { kind: 'reconnecting', since: 0, offline: false } }),
  offline: session({ connection: { kind: 'reconnecting', since: 0, offline: true } }),
  refused: session({ microphone: { kind: 'refused' } }),
  busy: session({ microphone: { kind: 'busy' } }),
  sound_blocked: session({ connection: { kind: 'sound_blocked' } }),
  elsewhere: session({ connection: { kind: 'elsewhere' } }),
  joining: session({ connection: { kind: 'joining' }, snapshot: null }),
  ended: session({ connection: { kind: 'ended' }, snapshot: snapshot({ space: space({ state: 'ended', ended_at: new Date().toISOString(), participant_count: 2031 }) }) }),
  removed: session({ connection: { kind: 'removed' } }),
  failed: session({ connection: { kind: 'failed', problem: full } }),
  hosting: session({ microphone: { kind: 'open' }, snapshot: hosting }),
  host_muted: session({ microphone: { kind: 'muted' }, snapshot: hosting }),
};

defineElements({
  config: { prefix: '/spaces', api: '', socket_path: '', me: people.grace, flags: { 'spaces.host': true }, room_bundle: '', app_name: 'Plaza' },
  api: {
    snapshot: async () => watched,
    create: async () => Promise.reject({ ...full, title: 'You are live already.', detail: '', code: 'already_live', space_id: 'x' }),
  } as Partial<Api> as Api,
  strip,
  session: own,
  openSession: async () => ({ ...own, ...commands }) as Session,
  prefetch: () => undefined,
  watch: () => ({ ...createStore<Snapshot | null>(asked.has('slow') ? null : watched), close: () => undefined }),
  words,
  announce: (text, assertive) => console.info(assertive ? 'assertive:' : 'polite:', text),
});

const { openCreate, openJoin } = await import('../src/elements/room-elements');

main.append(document.createElement('spaces-strip'));
strip.set(asked.has('empty') ? [] : entries);
document.body.append(document.createElement('spaces-dock'));

const show = (name: string) => own.set(states[name] ?? session());
const unfold = () => document.dispatchEvent(new Event('spaces-unfold'));

if (view === 'dock') show(asked.get('state') ?? 'listening');
if (view === 'room') (show(asked.get('state') ?? 'listening'), unfold());
if (view === 'host') (show('hosting'), unfold());
if (view === 'ended') (show('ended'), unfold());
if (view === 'join') openJoin('aB3dE5gH7jK9m');
if (view === 'create') openCreate();
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
  ];
  for (const [one, talking, level] of shown) box.append(Object.assign(document.createElement('spaces-seat') as SpacesSeat, { seat: one, talking, level }));
  main.append(box);
}
