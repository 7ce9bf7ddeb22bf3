/**
 * Replays: the page of a Space that was recorded, and the dock in which it goes on. Loaded where a page holds
 * `<spaces-replay>`, or where this tab goes on with a replay after a page load.
 */

import { createStore } from './core/store';
import type { ConnectionView, Problem } from './core/types';
import { openReplay } from './elements/replay/replay-host';
import { defineOnce, pageDeps } from './elements/context';
import { SpacesReplayDock } from './elements/replay/replay-dock';
import { SpacesReplayTimeline } from './elements/replay/replay-timeline';
import { SpacesReplayView } from './elements/replay/replay-view';
import { createGoingOn } from './replay/going-on';
import { build } from './replay/house';
import { createLibrary } from './replay/library';
import { showReplay } from './replay/lock-screen';
import { createPlaces, keepWay, readWay } from './replay/places';
import { createPlayer } from './replay/player';
import { recordingCalls } from './replay/recording';
import { connect } from './replay/source';
import { fromPage } from './replay/page-data';
import { replayWords as words } from './replay/words';

export { openReplay as arrive };

const OVER = new Set<ConnectionView['kind']>(['idle', 'ended', 'removed', 'failed', 'elsewhere']);

const ownId = (): string => pageDeps().config.me?.user_id ?? '';
const pageOf = (space_id: string): string => `${pageDeps().config.prefix}/${encodeURIComponent(space_id)}`;
const calls = recordingCalls(pageDeps().api, () => (ownId() ? null : (space_id) => fromPage(pageOf(space_id))));
const library = createLibrary(calls);
const places = createPlaces(() => localStorage, ownId);
const goingOn = createGoingOn(() => sessionStorage);
const player = createPlayer(readWay(() => localStorage), {
  audio: new Audio(),
  library,
  places,
  connect,
  mayPlay: clearTheWay,
  listened: (space_id) => void calls.played(space_id).catch(() => undefined),
  keepWay: (way) => keepWay(() => localStorage, way),
});

build({ player, library, calls, places, onPage: createStore<string | null>(null) });
defineOnce('spaces-replay-timeline', SpacesReplayTimeline);
defineOnce('spaces-replay-view', SpacesReplayView);
defineOnce('spaces-replay-dock', SpacesReplayDock);

/** One thing is heard at a time. A listener leaves a live Space for a replay; nobody is taken off a stage by a tap. */
async function clearTheWay(): Promise<Problem | null> {
  const { connection, snapshot } = pageDeps().session.get();
  if (connection.kind === 'idle') return null;
  if (OVER.has(connection.kind)) {
    // What is told of that Space would stand in the replay's place.
    (await pageDeps().openSession()).dismiss();
    return null;
  }
  if (snapshot && snapshot.me.role !== 'listener') return { status: 0, code: 'on_stage', title: words.onStage, detail: words.onStageLine };
  await (await pageDeps().openSession()).leave();
  return null;
}

pageDeps().session.subscribe(({ connection }) => {
  if (!OVER.has(connection.kind) && player.get().is_playing) player.pause();
});

const dock = document.createElement('spaces-replay-dock');
/** A host that swaps the body takes the dock away with it; the sound stands in no page and plays on. */
function place(): void {
  if (player.get().space_id && !dock.isConnected) document.body.append(dock);
}
for (const swapped of ['turbo:render', 'turbo:load', 'htmx:afterSettle']) document.addEventListener(swapped, place);

let member = ownId();
player.subscribe((state) => {
  place();
  showReplay(state, library.of(state.space_id ?? '').get().recording, player);
  if (!state.space_id) goingOn.clear();
});

/** Somebody else may have signed in on the page that came. */
function whoIsHere(): void {
  if (ownId() === member) return;
  member = ownId();
  player.close();
}
for (const swapped of ['turbo:load', 'htmx:afterSettle']) document.addEventListener(swapped, whoIsHere);

addEventListener('pagehide', () => {
  const { space_id, at_s, is_playing } = player.get();
  if (!space_id) return;
  player.remember();
  goingOn.save({ space_id, user_id: ownId(), at_s, is_playing });
});

const before = goingOn.fresh(ownId());
goingOn.clear();
if (before) void player.goOn(before.space_id, before.at_s, before.is_playing);
