/**
 * What people meet on this page, told to the server for the product's numbers: a strip that was seen, a Space that was
 * opened, and what the room says of its sound. Nobody is followed who asked their browser not to be; nothing is told of
 * a page that is only made ready.
 */

import type { Measure } from '../core/measures';
import { createBeacon } from '../live/beacon';
import { createDwell } from '../live/dwell';
import { pageDeps } from './context';

const STRIP_SEEN = 'spaces.strip-seen';
/** How much of the strip has to be in sight, and for how many milliseconds. */
const HALF = 0.5;
const LOOK = 1000;

const ownId = (): string => pageDeps().config.me?.user_id ?? pageDeps().session.get().snapshot?.me.user_id ?? '';
const isUntracked = navigator.doNotTrack === '1';

const beacon = createBeacon((measures) => pageDeps().api.measure(measures), ownId);

function note(measure: Measure): void {
  if (!isUntracked) beacon.note(measure);
}

addEventListener('pagehide', beacon.flush);
document.addEventListener('visibilitychange', () => document.hidden && beacon.flush());

const told = new WeakSet<Measure>();
function tellSound(): void {
  for (const measure of pageDeps().session.get().measures) {
    if (told.has(measure)) continue;
    told.add(measure);
    note(measure);
  }
}
pageDeps().session.subscribe(tellSound);
tellSound();

const opened = new Set<string>();

/** Somebody opened a live Space: its dialog or its page. Counted once per document. */
export function noteOpened(space_id: string): void {
  if (opened.has(space_id)) return;
  opened.add(space_id);
  note({ name: 'opened', space_id });
}

/** The day is part of it: a tab may stay open for a week. */
const today = (): string => `${ownId()} ${new Date().toISOString().slice(0, 10)}`;

function wasSeen(): boolean {
  try {
    return sessionStorage.getItem(STRIP_SEEN) === today();
  } catch {
    return false;
  }
}

const dwell = createDwell(LOOK, () => {
  stopLooking();
  try {
    sessionStorage.setItem(STRIP_SEEN, today());
  } catch {
    // The browser keeps nothing: then it is told once for each page.
  }
  note({ name: 'saw_strip' });
});

let strip: HTMLElement | null = null;
let isInSight = false;

const sight = new IntersectionObserver(
  (entries) => {
    for (const { intersectionRatio } of entries) isInSight = intersectionRatio >= HALF;
    look();
  },
  { threshold: HALF },
);

/** A strip counts once somebody else's live Space stands in it. */
function look(): void {
  dwell(isInSight && !document.hidden && Boolean(strip?.isConnected && strip.querySelector('.spaces-entry')));
}

function stopLooking(): void {
  sight.disconnect();
  document.removeEventListener('visibilitychange', look);
  stopFollowing();
  strip = null;
  isInSight = false;
}

let stopFollowing: () => void = () => undefined;

/** Looks at the page that is shown now, again after the host swapped it. */
export function lookAround(): void {
  const page = document as Document & { prerendering?: boolean };
  if (page.prerendering) return document.addEventListener('prerenderingchange', lookAround, { once: true });
  const space = document.querySelector('.spaces-space[data-state="live"] [data-spaces-join]');
  if (space) noteOpened(space.getAttribute('data-spaces-join')!);
  stopLooking();
  dwell(false);
  strip = document.querySelector('spaces-strip');
  if (!strip || wasSeen()) return;
  sight.observe(strip);
  document.addEventListener('visibilitychange', look);
  stopFollowing = pageDeps().strip.subscribe(look);
}
