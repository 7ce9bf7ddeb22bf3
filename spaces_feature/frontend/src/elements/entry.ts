/**
 * One entry of the strip as DOM, node for node what templates/spaces/_entry.html writes: the strip takes over the
 * server's nodes where nothing changed. Made without Lit, so that a page that only shows the strip does not load it.
 */

import type { PageConfig, Profile, Space, StripEntry } from '../core/types';
import type { PageWords as Words } from '../core/page-words';
import { bars, face, make, type Attributes } from './make';
import { firstName } from './monogram';

/** Where the page of a Space is. */
export const pageOf = ({ prefix }: PageConfig, space_id: string): string => `${prefix}/${encodeURIComponent(space_id)}`;

/** A live Space as a card that leads to its page. */
export function liveEntry(entry: StripEntry, space: Space, config: PageConfig, words: Words): HTMLElement {
  const why = entry.reason?.text ?? '';
  const [first, second] = entry.people;
  return make(
    'a',
    {
      class: 'spaces-entry',
      part: 'entry',
      href: pageOf(config, space.id),
      'data-spaces-join': space.id,
      ...marks(entry),
    },
    make(
      'span',
      { class: 'spaces-entry__faces', 'aria-hidden': 'true' },
      ...(first ? [face(first, 'spaces-face spaces-face--ring')] : []),
      mark(),
      ...(second ? [make('span', { class: 'spaces-entry__second' }, face(second, 'spaces-face spaces-face--34'))] : []),
    ),
    make(
      'span',
      { class: 'spaces-entry__text' },
      make('span', { class: 'spaces-entry__title', dir: 'auto' }, space.title),
      make('span', { class: 'spaces-hidden' }, words.entryIsLive(why)),
      make('span', { class: 'spaces-entry__why', 'aria-hidden': 'true' }, why),
    ),
  );
}

/** Somebody's fleets as their face, which leads to where the host app shows them. */
export function fleetEntry(entry: StripEntry, author: Profile, isOwn: boolean, words: Words): HTMLElement {
  const name = firstName(author);
  return make(
    'a',
    {
      class: `spaces-own spaces-fleet${entry.is_seen ? ' spaces-fleet--seen' : ''}`,
      part: 'entry',
      href: entry.url ?? '',
      'aria-label': isOwn ? words.ownFleet : entry.is_seen ? words.seenFleet(name) : words.newFleet(name),
    },
    face(author, 'spaces-face spaces-face--64'),
    make('span', { class: 'spaces-own__label', dir: 'auto' }, isOwn ? words.ownFleet : name),
  );
}

/** The member's own face, first in the strip: a way to create, or the way back to their live Space. */
export function ownEntry(me: Profile, live: StripEntry | null, config: PageConfig, words: Words): HTMLElement {
  if (!live?.space)
    return make(
      'a',
      { class: 'spaces-own', part: 'entry', href: `${config.prefix}/?new=1`, 'data-spaces-create': '' },
      face(me, 'spaces-face spaces-face--64'),
      make('span', { class: 'spaces-own__plus', 'aria-hidden': 'true' }),
      make('span', { class: 'spaces-own__label' }, words.createShort),
      make('span', { class: 'spaces-hidden' }, words.createRest),
    );
  return make(
    'a',
    {
      class: 'spaces-own spaces-own--live',
      part: 'entry',
      href: pageOf(config, live.space.id),
      'data-spaces-join': live.space.id,
      ...marks(live),
    },
    face(me, 'spaces-face spaces-face--64 spaces-face--ring'),
    mark(),
    make('span', { class: 'spaces-own__label' }, words.youAreLive),
    make('span', { class: 'spaces-hidden' }, `: ${live.space.title}`),
  );
}

/** What the style sheet draws: rings that move, and REC, which is read aloud as well. */
const marks = ({ is_talking, space }: StripEntry): Attributes => ({
  'data-rec': space!.recording,
  ...(is_talking && { 'data-talking': '' }),
});

const mark = (): HTMLElement => make('span', { class: 'spaces-mark', 'aria-hidden': 'true' }, bars());
