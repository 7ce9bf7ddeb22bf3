/** What follows once a Space is planned: when it is, its address, the calendar. */

import { html, type TemplateResult } from 'lit';
import { ownZone, startName } from '../../core/moments';
import type { Space } from '../../core/types';
import { deps } from '../context';
import { icon } from '../icons';
import { shareFace } from '../sharing';

export const addressOf = ({ id }: Pick<Space, 'id'>): string =>
  new URL(`${deps().config.prefix}/${encodeURIComponent(id)}`, location.href).href;

export const calendarOf = (space: Pick<Space, 'id'>): string => `${addressOf(space)}/calendar.ics`;

/** What a Space came to, for those who run it. */
export const numbersOf = (space: Pick<Space, 'id'>): string => `${addressOf(space)}/numbers`;

/** "Tue 24 November, 19:30", on this browser's clock. */
export const startOf = ({ scheduled_start }: Pick<Space, 'scheduled_start'>): string =>
  scheduled_start ? startName(Date.parse(scheduled_start), ownZone(), Date.now(), deps().words.plan) : '';

export interface PlannedActions {
  share: () => void;
  edit: () => void;
}

export function plannedCard(space: Space, hasCopied: boolean, { share, edit }: PlannedActions): TemplateResult {
  const { words } = deps();
  const { plan } = words;
  const face = shareFace(space);
  return html`<div class="planned" data-cover=${space.cover || 'pine'}>
      <span class="badge" part="badge">${icon('calendar')}${startOf(space)}</span>
      <p class="title" dir="auto">${space.title}</p>
    </div>
    <p class="soft">${plan.plannedLine(space.subscriber_count)}</p>
    <label class="label" for="address">${plan.link}</label>
    <div class="address">
      <input id="address" readonly dir="ltr" .value=${addressOf(space)} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
      <button class="button" part="button" type="button" data-action="share" @click=${share}>
        ${icon(hasCopied ? 'check' : face.icon)}${hasCopied ? words.copied : face.title}
      </button>
    </div>
    <div class="ways">
      <a class="button" part="button" href=${calendarOf(space)} download data-action="calendar">${icon('calendarPlus')}${plan.addToCalendar}</a>
      <button class="button" part="button" type="button" data-action="edit" @click=${edit}>${icon('pencil')}${plan.edit}</button>
    </div>`;
}
