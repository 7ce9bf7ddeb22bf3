/**
 * One entry of the strip as DOM, node for node what templates/spaces/_entry.html writes: the strip takes over the
 * server's nodes where nothing changed. Made without Lit, so that a page that only shows the strip does not load it.
 */

import type { PageConfig, Profile, Space, StripEntry } from '../core/types';
import type { PageWords as Words } from '../core/page-words';
import { initials, tone } from './monogram';

type Child = Node | string;

/** A live Space as a card that leads to its page. */
export function liveEntry(entry: StripEntry, space: Space, config: PageConfig, words: Words): HTMLElement {
  const why = entry.reason?.text ?? '';
  const [first, second] = entry.people;
  return make(
    'a',
    {
      class: 'spaces-entry',
      part: 'entry',
      href: `${config.prefix}/${encodeURIComponent(space.id)}`,
      'data-spaces-join': space.id,
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
      make('span', { class: 'spaces-hidden' }, words.entryIsLive),
      make('span', { class: 'spaces-entry__why' }, why),
    ),
  );
}

/** The member's own face, first in the strip: a way to create, or the way back to their live Space. */
export function ownEntry(me: Profile, live: Space | null, config: PageConfig, words: Words): HTMLElement {
  if (!live)
    return make(
      'button',
      { class: 'spaces-own', type: 'button', 'data-spaces-create': '' },
      face(me, 'spaces-face spaces-face--64'),
      make('span', { class: 'spaces-own__plus', 'aria-hidden': 'true' }),
      make('span', { class: 'spaces-own__label' }, words.createShort),
      make('span', { class: 'spaces-hidden' }, words.createRest),
    );
  return make(
    'a',
    {
      class: 'spaces-own spaces-own--live',
      href: `${config.prefix}/${encodeURIComponent(live.id)}`,
      'data-spaces-join': live.id,
    },
    face(me, 'spaces-face spaces-face--64 spaces-face--ring'),
    mark(),
    make('span', { class: 'spaces-own__label' }, words.youAreLive),
    make('span', { class: 'spaces-hidden' }, `: ${live.title}`),
  );
}

function mark(): HTMLElement {
  return make(
    'span',
    { class: 'spaces-mark', 'aria-hidden': 'true' },
    make('span', { class: 'spaces-bars' }, make('i', {})),
  );
}

function face(profile: Profile, name: string): HTMLElement {
  const attributes = { class: name, 'data-tone': String(tone(profile.user_id)), 'aria-hidden': 'true' };
  return profile.avatar_url
    ? make('span', attributes, make('img', { src: profile.avatar_url, alt: '', decoding: 'async' }))
    : make('span', attributes, initials(profile.name));
}

function make(name: string, attributes: Record<string, string>, ...children: Child[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
