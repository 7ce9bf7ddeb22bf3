/**
 * The member's place in a Space, as long as the document lives: the connection, the voice, the live copy and the
 * commands, drawn together into one value for dock, panel and dialogs.
 */

import { isActive, isIn, isTierDue, viewOf, type ConnectionState } from '../core/connection-state';
import { IDLE_SESSION } from '../core/idle-session';
import { MICROPHONE_TROUBLES, heldBack } from '../core/problems';
import { hasMoved, isHeld, userOf } from '../core/seats';
import { createStore } from '../core/store';
import type { Problem, Session, SessionState, Snapshot } from '../core/types';
import type { Watched } from '../core/deps';
import { createCommands } from './commands';
import type { SessionParts } from './context';
import { createDriver } from './driver';
import { createHints } from './hints';
import { createMeasuring } from './measuring';
import { listenToNews } from './news';
import { listenToPage } from './page';
import { createPlaying } from './playing';
import { createRings } from './rings';
import type { Transport } from './transport';
import { createVoice } from './voice';
import { createWakeLock } from './wake-lock';

/** How many measures of this document are kept for whoever sends them. */
const MEASURES = 20;

export function createSession(parts: SessionParts): Session {
  const { api, live, intents, config } = parts;
  const store = createStore<SessionState>(IDLE_SESSION);
  function patch(fields: Partial<SessionState>): void {
    const now = store.get();
    const isNew = (key: keyof SessionState) =>
      key === 'snapshot' ? fields[key] !== now[key] : JSON.stringify(fields[key]) !== JSON.stringify(now[key]);
    const changed = (Object.keys(fields) as (keyof SessionState)[]).filter(isNew);
    if (changed.length) store.set({ ...now, ...Object.fromEntries(changed.map((key) => [key, fields[key]])) });
  }

  let watched: Watched | null = null;
  let watchedId: string | null = null;
  let stopWatching = () => {};
  let talkingIdentities: string[] = [];
  /** Silenced on the lock screen, not by the volume. */
  let isPaused = false;
  let isAsking = false;
  /** Undefined: as the stay is already, listed when it is new. */
  let isAnonymous: boolean | undefined;
  let output = '';
  /** Promises of `listen` that wait for the server's answer. */
  let waiters: { resolve(): void; reject(problem: Problem): void }[] = [];

  const measuring = createMeasuring(
    (measure) => patch({ measures: [...store.get().measures, measure].slice(-MEASURES) }),
    () => store.get().snapshot,
  );
  const voice = createVoice(() => draw(), measuring.published);
  const wakeLock = createWakeLock();
  const rings = createRings(
    async () => byUser((await driver.transport?.amplitudes()) ?? new Map()),
    (levels) => patch({ levels }),
  );
  const hints = createHints((hint) => {
    const { space_id } = driver.state;
    return space_id ? api.microphone(space_id, hint) : Promise.resolve();
  });

  const driver = createDriver({
    api,
    joinOptions: () => ({ is_anonymous: isAnonymous }),
    transports: parts.transports,
    sound: {
      talking(identities) {
        talkingIdentities = identities;
        draw();
      },
      quality: (quality) => patch({ quality }),
      late: (seconds) => patch({ late: Math.round(seconds) }),
      rights: () => settle(),
      played: measuring.played,
    },
    prepare(transport: Transport) {
      transport.setVolume(isPaused ? 0 : store.get().volume);
      if (output) transport.setOutput(output).catch(() => undefined);
    },
    granted({ snapshot }) {
      live.take(snapshot);
      live.startForGuest();
    },
    saveIntent,
    clearIntent: () => intents.clear(),
    refresh: (space_id) => void live.refresh(space_id),
    changed(state, before) {
      measuring.changed(state, before);
      connectionChanged(state);
      askIfDue();
    },
  });
  const showPlaying = createPlaying(config, () => session, () => {
    isPaused = true;
    driver.transport?.setVolume(0);
    driver.dispatch({ type: 'sound', isBlocked: true });
  });

  function connectionChanged(state: ConnectionState): void {
    watch(state.space_id);
    const isAnswered = state.phase === 'connected' || state.since !== null || !isActive(state);
    if (isAnswered) {
      const settled = waiters;
      waiters = [];
      for (const { resolve, reject } of settled) state.problem && !isActive(state) ? reject(state.problem) : resolve();
    }
    settle();
  }

  function watch(space_id: string | null): void {
    if (space_id === watchedId) return;
    stopWatching();
    watched?.close();
    watchedId = space_id;
    watched = space_id === null ? null : live.watch(space_id);
    stopWatching = watched?.subscribe(snapshotChanged) ?? (() => {});
    patch({ snapshot: watched?.get() ?? null, ask_refused: '', is_silenced: false });
  }

  function snapshotChanged(snapshot: Snapshot | null): void {
    // With Spaces switched off nothing answers any more: how it ended is told by the last copy.
    if (!snapshot && driver.state.phase === 'ended') return;
    const before = store.get().snapshot;
    if (before?.space.speak !== snapshot?.space.speak) patch({ ask_refused: '' });
    patch({ snapshot });
    if (!snapshot) return settle();
    const { state, version } = snapshot.space;
    if (state === 'ended' || state === 'canceled') driver.dispatch({ type: 'space_ended' });
    else if (before && hasMoved(before, snapshot)) {
      driver.dispatch({ type: 'room_moved', version, spread_ms: 1000 });
    }
    askIfDue();
    settle();
  }

  /** Up on stage or down from it another way of hearing may be due. */
  function askIfDue(): void {
    const { snapshot } = store.get();
    if (snapshot && isTierDue(driver.state, snapshot)) driver.dispatch({ type: 'ask_again' });
  }

  const news = listenToNews(live, driver, store.get, patch, () => isAnonymous === true);

  /** Tells the voice its place and draws. */
  function settle(): void {
    const me = store.get().snapshot?.me;
    const { state } = driver;
    const hasPlace = isActive(state);
    const transport = isIn(state) ? driver.transport : null;
    voice.place({
      isKnown: !hasPlace || me !== undefined,
      transport,
      canPublish: transport?.canPublish ?? false,
      isOnStage: hasPlace && me !== undefined && me.role !== 'listener',
      isMutedByHost: isHeld(store.get().snapshot),
      isWaiting: hasPlace && (isAsking || me?.request?.state === 'pending'),
    });
    draw();
  }

  function draw(): void {
    const { snapshot } = store.get();
    const { state } = driver;
    const microphone = voice.view;
    const talking = talkingIdentities.flatMap((identity) => userOf(store.get().snapshot, identity) ?? []);
    const connection = viewOf(state);
    const tier = state.phase === 'connecting' && state.room === null ? state.nextTier : state.tier;
    const late = tier === 'hls' ? (store.get().late ?? 0) : 0;
    patch({ space_id: state.space_id, title: snapshot?.space.title ?? '', connection, microphone, talking, tier, late });
    const isPlaying = connection.kind === 'connected';
    const isOpen = microphone.kind === 'open';
    const isOnStage = isActive(state) && snapshot !== null && snapshot.me.role !== 'listener';
    rings.run(isPlaying && (talking.length > 0 || isOpen));
    wakeLock.set(isOnStage);
    hints.set(isOnStage && isPlaying ? { is_open: isOpen, is_talking: isOpen && talking.includes(snapshot.me.user_id) } : null);
    showPlaying({ isIn: isActive(state), isPlaying, isMicrophoneOpen: isOnStage ? isOpen : null });
  }

  function byUser(amplitudes: Map<string, number>): Map<string, number> {
    const found = new Map<string, number>();
    for (const [identity, amplitude] of amplitudes) {
      const user_id = userOf(store.get().snapshot, identity);
      if (user_id !== undefined) found.set(user_id, amplitude);
    }
    return found;
  }

  function saveIntent(space_id: string): void {
    const user_id = config().me?.user_id ?? '';
    const { volume } = store.get();
    intents.save({ space_id, user_id, muted: !voice.wantsOpen, volume, is_anonymous: isAnonymous });
  }

  /** Sends a command about the current Space and takes its answer into the live copy. */
  async function command(send: (space_id: string) => Promise<Snapshot>): Promise<void> {
    const { space_id } = driver.state;
    if (space_id !== null) live.take(await send(space_id));
  }

  async function needMicrophone(): Promise<void> {
    if (await voice.acquire()) return;
    throw MICROPHONE_TROUBLES[voice.trouble ?? 'refused'];
  }

  /** A step towards the stage: the microphone is asked for inside the tap and held muted, then the command goes out. */
  async function approach(send: (space_id: string) => Promise<Snapshot>): Promise<void> {
    isAsking = true;
    settle();
    try {
      await needMicrophone();
      await command(send);
    } finally {
      isAsking = false;
      settle();
    }
  }

  const session: Session = {
    get: store.get,
    subscribe: store.subscribe,
    ...createCommands(api, command, approach, store, news.askRefused),
    listen(space_id, { is_anonymous, tapped_at = Date.now() } = {}) {
      isPaused = false;
      // Whoever tries again without saying otherwise wants to be known as before.
      const isChosen = is_anonymous !== undefined && !isActive(driver.state);
      if (space_id !== driver.state.space_id || isChosen) isAnonymous = is_anonymous;
      const answered = new Promise<void>((resolve, reject) => waiters.push({ resolve, reject }));
      measuring.tapped(tapped_at, () => driver.dispatch({ type: 'listen', space_id }));
      if (driver.state.phase === 'connected') connectionChanged(driver.state);
      return answered;
    },
    async leave() {
      driver.dispatch({ type: 'leave' });
    },
    dismissWarning: () => patch({ warning: '' }),
    async setMicrophone(open) {
      if (open && isHeld(store.get().snapshot)) throw heldBack(store.get().snapshot);
      if (open) await needMicrophone();
      voice.setOpen(open);
    },
    setVolume(volume) {
      patch({ volume: Math.min(1, Math.max(0, volume)) });
      if (!isPaused) driver.transport?.setVolume(store.get().volume);
      if (isActive(driver.state) && driver.state.space_id) saveIntent(driver.state.space_id);
    },
    async startSound() {
      await driver.startAudio();
      isPaused = false;
      driver.transport?.setVolume(store.get().volume);
      driver.dispatch({ type: 'sound', isBlocked: false });
    },
    async bringHere() {
      measuring.tapped(Date.now(), () => driver.dispatch({ type: 'bring_here' }));
    },
    dismiss: () => driver.dispatch({ type: 'dismiss' }),
    async devices() {
      const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
      const of = (kind: MediaDeviceKind) => all.filter((device) => device.kind === kind);
      return { microphones: of('audioinput'), speakers: of('audiooutput') };
    },
    async chooseDevice(kind, device_id) {
      if (kind === 'audioinput') {
        if (!(await voice.choose(device_id))) await needMicrophone();
      } else {
        output = device_id;
        await driver.transport?.setOutput(device_id);
      }
    },
  };

  listenToPage(driver, { saveIntent, isOnAir: () => voice.view.kind === 'open' });
  resume();
  return session;

  /** Goes on with what the page before was doing. */
  function resume(): void {
    const intent = intents.fresh(config().me?.user_id ?? '');
    if (!intent) return;
    patch({ volume: intent.volume });
    isAnonymous = intent.is_anonymous;
    if (!intent.muted) {
      voice.setOpen(true);
      void voice.acquire();
    }
    driver.dispatch({ type: 'restore', space_id: intent.space_id });
  }
}
