/** DOM without a library, and the parts that the strip and the cards share; the server writes the same nodes. */

import type { Profile } from '../core/types';
import { initials, tone } from './monogram';

export type Attributes = Record<string, string>;

export function make(name: string, attributes: Attributes, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A round face: the member's picture, else their monogram. */
export function face(profile: Profile, name: string): HTMLElement {
  const attributes = { class: name, 'data-tone': String(tone(profile.user_id)), 'aria-hidden': 'true' };
  return profile.avatar_url
    ? make('span', attributes, make('img', { src: profile.avatar_url, alt: '', decoding: 'async' }))
    : make('span', attributes, initials(profile.name));
}

/** Three bars that stand for sound. */
export const bars = (isHidden = false): HTMLElement =>
  make('span', { class: 'spaces-bars', ...(isHidden ? { 'aria-hidden': 'true' } : {}) }, make('i', {}));
