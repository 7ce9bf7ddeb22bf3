/** What sheets are made of. */

import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { Participant } from '../core/calls';
import type { Profile } from '../core/types';
import { deps } from './context';
import type { Crowd } from './room/crowd';
import { problemLine } from './room/dock-parts';
import { face } from './face';
import { icon, type IconName } from './icons';
import { seen } from './room/seen';

export interface Choice {
  /** Also its `data-action`. */
  name: string;
  icon: IconName;
  title: string;
  line?: string | undefined;
  tone?: 'plain' | 'danger';
  isBusy?: boolean;
  /** It says why it cannot be chosen now. */
  isOff?: boolean;
  press?: () => void;
  /** A link instead of a button. */
  url?: string;
}

/** One thing that may be done, with its line of consequence. */
export function choice({ name, icon: mark, title, line, tone = 'plain', isBusy = false, isOff = false, press, url }: Choice): TemplateResult {
  const look = html`${icon(mark)}<span><b>${title}</b>${line ? html`<small>${line}</small>` : nothing}</span>`;
  if (url) return html`<li><a class="choice" href=${url} data-action=${name}>${look}</a></li>`;
  return html`<li>
    <button
      class="choice ${tone}"
      part="button"
      type="button"
      data-action=${name}
      aria-busy=${String(isBusy)}
      aria-disabled=${String(isBusy || isOff)}
      @click=${() => !isBusy && !isOff && press?.()}
    >
      ${look}
    </button>
  </li>`;
}

/** A face, a name and a line, with room for a button behind them. */
export function personRow(profile: Profile, line: string, end: unknown, below: unknown = nothing): TemplateResult {
  return html`<li class="person-row" data-user=${profile.user_id}>
    ${face(profile, 46)}
    <span class="words"><b dir="auto">${profile.name}</b>${line ? html`<small>${line}</small>` : nothing}</span>
    ${end} ${below}
  </li>`;
}

/** A radio or checkbox that reads as one row. */
export function tick(type: 'radio' | 'checkbox', group: string, value: string, checked: boolean, label: unknown, change: (on: boolean) => void): TemplateResult {
  return html`<label class=${type === 'radio' ? 'pick' : 'toggle'}>
    <input
      type=${type}
      name=${group}
      value=${value}
      .checked=${checked}
      role=${type === 'checkbox' ? 'switch' : nothing}
      @change=${(event: Event) => change((event.target as HTMLInputElement).checked)}
    />
    <span>${label}</span>
  </label>`;
}

/** A button that keeps the focus while it works. */
export function doing(name: string, label: unknown, tone: string, isBusy: boolean, press: () => void, said: string | typeof nothing = nothing): TemplateResult {
  return html`<button
    class="button ${tone}"
    part="button"
    type="button"
    data-action=${name}
    aria-label=${said}
    aria-busy=${String(isBusy)}
    aria-disabled=${String(isBusy)}
    @click=${() => !isBusy && press()}
  >
    ${label}
  </button>`;
}

/**
 * The end of a list that comes page by page: the next one when it is seen, or `byHand` when it is pressed; the way on when
 * one did not come.
 */
export function rest(crowd: Crowd, byHand = false): TemplateResult | typeof nothing {
  const { words } = deps();
  const more = () => void crowd.more();
  if (crowd.problem)
    return html`<div class="rest">
      ${problemLine(crowd.problem)} ${doing('more', words.tryAgain, '', crowd.isLoading, more)}
    </div>`;
  if (crowd.isComplete) return nothing;
  // A new sentinel for each page: one that is still in sight asks for the next.
  return html`<div class="rest">
    ${byHand ? nothing : keyed(crowd.rows.length, html`<i class="sentinel" ${seen(more)}></i>`)}
    ${doing('more', crowd.isLoading ? words.hosting.loading : words.hosting.showMore, 'bare', crowd.isLoading, more)}
  </div>`;
}

/** Rows of a crowd and of others who are known to be here, each person once. */
export function joined(rows: Participant[], ...others: Profile[][]): { profile: Profile; joined_at: string | undefined }[] {
  const known = new Map(rows.map((row) => [row.user_id, { profile: row.profile, joined_at: row.joined_at as string | undefined }]));
  for (const profile of others.flat())
    if (!known.has(profile.user_id)) known.set(profile.user_id, { profile, joined_at: undefined });
  return [...known.values()];
}
