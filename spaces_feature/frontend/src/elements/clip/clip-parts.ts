/** What the sheet of a clip is made of. Templates only. */

import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import checkCircle from '@phosphor-icons/core/fill/check-circle-fill.svg';
import link from '@phosphor-icons/core/regular/link-simple.svg';
import pause from '@phosphor-icons/core/fill/pause-fill.svg';
import play from '@phosphor-icons/core/fill/play-fill.svg';
import question from '@phosphor-icons/core/fill/question-fill.svg';
import x from '@phosphor-icons/core/bold/x-bold.svg';
import { clipWords as w } from '../../core/clip-words';
import type { Heard } from '../../core/selection';
import type { Profile } from '../../core/types';
import { face } from '../face';
import { firstName } from '../monogram';

const markup = { checkCircle, link, pause, play, question, x };

export const drawing = (name: keyof typeof markup): TemplateResult =>
  html`<span class="icon" aria-hidden="true">${unsafeHTML(markup[name])}</span>`;

/** First names; "You" for the member's own. */
export const namesOf = (profiles: Profile[], me: string): string[] =>
  profiles.map((profile) => (profile.user_id === me ? w.you : firstName(profile)));

/** Who talks in the part, and for how long. */
export function chips(heard: Heard[], me: string): TemplateResult {
  return html`<ul class="chips" role="list">
    ${heard.map(
      ({ profile, seconds }) => html`<li class="chip num" data-user=${profile.user_id}>
        ${face(profile, 26)}<bdi>${w.spoken(profile.user_id === me ? w.you : firstName(profile), seconds)}</bdi>
      </li>`,
    )}
  </ul>`;
}

/** What those who are heard have agreed to, or that they are asked first. */
export function note(heard: Heard[], needs: readonly string[], me: string): TemplateResult {
  const { text, isAsked } = noteOf(heard, needs, me);
  if (!heard.length) return html`<p class="note warn" role="status">${drawing('question')}<span dir="auto">${text}</span></p>`;
  return html`<p class=${isAsked ? 'note warn' : 'note good'}>${drawing(isAsked ? 'question' : 'checkCircle')}<span dir="auto">${text}</span></p>`;
}

/** Pure, so that the words can be asked for without drawing them. */
export function noteOf(heard: Heard[], needs: readonly string[], me: string): { text: string; isAsked: boolean; asked: Profile[] } {
  const people = heard.map(({ profile }) => profile);
  const asked = people.filter(({ user_id }) => user_id !== me && needs.includes(user_id));
  if (!people.length) return { text: w.nothing, isAsked: false, asked };
  if (asked.length) return { text: w.asked(namesOf(asked, me)), isAsked: true, asked };
  return { text: w.agreed(namesOf(people, me), people.some(({ user_id }) => user_id === me)), isAsked: false, asked };
}

export interface Press {
  name: string;
  label: string;
  tone?: string;
  isBusy?: boolean;
  isOff?: boolean;
  press(): void;
}

/** A button that keeps the focus while it works, and while it cannot be pressed. */
export function button({ name, label, tone = '', isBusy = false, isOff = false, press }: Press): TemplateResult {
  return html`<button
    class="button tall ${tone}"
    part="button"
    type="button"
    data-action=${name}
    aria-busy=${String(isBusy)}
    aria-disabled=${String(isBusy || isOff)}
    @click=${() => !isBusy && !isOff && press()}
  >
    ${label}
  </button>`;
}

/** The link of a clip that is there, for hands. */
export function linkRow(url: string): TemplateResult {
  return html`<label class="field"><span>${w.link}</span>
    <input class="input" readonly dir="ltr" .value=${url} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
  </label>`;
}

/** The waveform before it is there: bars that stand still, after a moment. */
export const skeleton = html`<div class="skeleton" aria-hidden="true"></div>`;

