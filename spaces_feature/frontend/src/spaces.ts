/**
 * The bundle of every page: puts the parts together, defines the elements, opens the room bundle when somebody reaches
 * for a Space or an intent waits. It runs once per document, however often a host swaps the body.
 */

import { createApi, type Api, type JoinGrant } from './core/api';
import type { PageDeps } from './core/deps';
import { IDLE_SESSION } from './core/idle-session';
import { createStore } from './core/store';
import type { PageConfig, Session, SessionState, Store } from './core/types';
import { pageWords } from './core/page-words';
import { defineElements } from './elements/define';
import { defineLate } from './elements/late';
import { announce, prepareAnnouncer } from './live/announcer';
import { createLive } from './live/live';
import { createIntents, type Intent } from './room/intent';
import type { RoomContext } from './room/context';

interface RoomBundle {
  openSession(context: RoomContext): Session;
}

/** Milliseconds that the rest of the page's work waits for the sound to be back. */
const SOUND_FIRST = 800;

/** A mark on the document: a second copy of this bundle, say under another URL, stays quiet. */
const page = document.documentElement as HTMLElement & { spacesStarted?: boolean };
if (!page.spacesStarted && document.getElementById('spaces-config')) {
  page.spacesStarted = true;
  start();
}

function start(): void {
  const config = createConfig();
  const api = createApi({
    base: () => config().api,
    csrf: () => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? null,
  });
  const live = createLive(api, config);
  const intents = createIntents(() => sessionStorage);
  const session = createStore(IDLE_SESSION);

  const ownId = () => config().me?.user_id ?? null;
  let member = ownId();
  const intent = intents.fresh(member ?? '');
  const roomApi = intent ? askAhead(api, intent) : api;

  let bundle: Promise<RoomBundle> | null = null;
  let tries = 0;
  let opened: Promise<Session> | null = null;

  function loadRoom(): Promise<RoomBundle> {
    // Browsers remember that a module did not load: another try needs another URL.
    const url = config().room_bundle;
    const again = tries ? `${url.includes('?') ? '&' : '?'}again=${tries}` : '';
    bundle ??= (import(url + again) as Promise<RoomBundle>).catch((error: unknown) => {
      bundle = null;
      tries += 1;
      throw error;
    });
    return bundle;
  }

  function openSession(): Promise<Session> {
    opened ??= loadRoom().then(
      ({ openSession: open }) => {
        const real = open({ api: roomApi, live, intents, config });
        session.set(real.get());
        real.subscribe(session.set);
        return real;
      },
      (error: unknown) => {
        opened = null;
        throw error;
      },
    );
    return opened;
  }

  const deps: PageDeps = {
    get config() {
      return config();
    },
    api,
    strip: live.strip,
    session,
    openSession,
    prefetch: () => void loadRoom().catch(() => undefined),
    watch: live.watch,
    take: live.take,
    words: pageWords,
    announce,
  };

  if (intent) openSession().catch(() => undefined);
  const soundFirst = intent ? untilHeard(session) : Promise.resolve();
  whenParsed(() => {
    prepareAnnouncer();
    defineElements(deps, soundFirst);
    defineLate(soundFirst);
    void soundFirst.then(() => whenIdle(begin));
  });

  /** A server that had no time to ask who looks at its page says their id only. */
  async function begin(): Promise<void> {
    const { me } = config();
    if (me && !me.username) await api.me().then(({ profile }) => Object.assign(me, profile), () => undefined);
    live.start();
    if (me) import('./elements/measuring').then(({ lookAround }) => lookAround(), () => undefined);
  }

  /** The host swapped the page in place: somebody else may be signed in now. */
  function pageChanged(): void {
    prepareAnnouncer();
    if (ownId() !== member) {
      member = ownId();
      intents.clear();
      opened?.then((real) => real.leave()).catch(() => undefined);
      live.stop();
    }
    void soundFirst.then(begin);
  }
  for (const swapped of ['turbo:load', 'htmx:afterSettle']) document.addEventListener(swapped, pageChanged);
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) void live.strip.refresh();
  });
}

/** `#spaces-config` of the page shown now; a page without one leaves the last in force. */
function createConfig(): () => PageConfig {
  let source: HTMLElement | null = null;
  let parsed: PageConfig;
  return () => {
    const found = document.getElementById('spaces-config');
    if (found && found !== source) {
      parsed = JSON.parse(found.textContent ?? '{}') as PageConfig;
      source = found;
    }
    return parsed;
  };
}

/** A page that goes on with a Space asks for its grant while the room bundle still loads; the first join takes it. */
function askAhead(api: Api, { space_id, is_anonymous }: Intent): Api {
  let ahead: Promise<JoinGrant> | null = api.join(space_id, { is_anonymous });
  ahead.catch(() => undefined);
  return {
    ...api,
    join(id, options, signal) {
      const grant = id === space_id ? ahead : null;
      ahead = null;
      return grant ?? api.join(id, options, signal);
    },
  };
}

function untilHeard(session: Store<SessionState>): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, SOUND_FIRST);
    session.subscribe(({ connection }) => {
      if (!['idle', 'joining', 'reconnecting'].includes(connection.kind)) resolve();
    });
  });
}

/** This script may run while the host's page still arrives. */
function whenParsed(action: () => void): void {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', action, { once: true });
  else action();
}

/** The host's own start comes first. */
function whenIdle(action: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(action, { timeout: 1000 });
  else setTimeout(action, 200);
}
