/** Faces and the ripples around them. */

import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { Profile } from '../core/types';
import { initials, tone } from './monogram';
import { variables } from './variables';

const still = matchMedia('(prefers-reduced-motion: reduce)');
const LOUD = 0.4;

export interface Ripple {
  talking: boolean;
  /** 0..1 */
  level: number;
}

/** What is drawn of a level: as it is, or in three steps for those who want stillness. */
export function drawnLevel(level: number): number {
  const held = Math.min(1, Math.max(0, level));
  return still.matches ? Math.round(held * 2) / 2 : Math.round(held * 8) / 8;
}

/** A round face of `size` CSS pixels; with `ripple`, rings while they talk. */
export function face(profile: Profile, size: number, ripple?: Ripple): TemplateResult {
  const level = ripple?.talking ? drawnLevel(ripple.level) : 0;
  return html`<span
    class=${classMap({ face: true, talking: ripple?.talking ?? false, loud: level > LOUD })}
    data-tone=${tone(profile.user_id)}
    aria-hidden="true"
    ${variables({ '--face': size, '--spaces-level': level })}
    >${profile.avatar_url
      ? html`<img src=${profile.avatar_url} alt="" decoding="async" draggable="false" @error=${hide} />`
      : nothing}<span class="initials">${initials(profile.name)}</span>${ripple
      ? html`<i class="ring" part="ring"></i><i class="ring two"></i><i class="ring three"></i>`
      : nothing}</span
  >`;
}

/** Three bars that stand for sound. */
export const bars = html`<span class="bars" aria-hidden="true"><i></i><i></i><i></i></span>`;

/** Overlapping small faces. */
export const faces = (profiles: Profile[], size: number): TemplateResult =>
  html`<span class="faces" aria-hidden="true">${profiles.map((profile) => face(profile, size))}</span>`;

function hide(event: Event): void {
  (event.target as HTMLElement).hidden = true;
}
