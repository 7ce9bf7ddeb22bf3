/** The parts of the room's middle: stage, audience, requests. Templates only; `SpacesPanel` decides what they do. */

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Profile, Seat, SessionState, Snapshot, SpeakRequest } from '../core/types';
import { deps } from './context';
import { face } from './face';
import { firstName } from './monogram';
import { secondsSince, span } from './time';

const SHOWN_LISTENERS = 9;

export interface StageOptions {
  /** Called with the seat that was pressed; without it seats lead to profiles. */
  act?: (seat: Seat) => void;
  size?: number;
  untagged?: boolean;
}

/** The seats, four in a row. */
export function stage(seats: Seat[], state: SessionState, options: StageOptions = {}): TemplateResult {
  const { words } = deps();
  const me = state.snapshot?.me;
  if (!seats.length) return html`<p class="soft empty">${words.emptyStage}</p>`;
  return html`<ul class="stage" role="list" aria-label=${words.stage}>
    ${repeat(
      seats,
      (seat) => seat.user_id,
      (seat) => {
        const own = seat.user_id === me?.user_id;
        const actionable = Boolean(options.act) && !own && seat.role !== 'host';
        return html`<li>
          <spaces-seat
            exportparts="seat, ring, badge"
            .seat=${seat}
            .talking=${state.talking.includes(seat.user_id)}
            .level=${state.levels[seat.user_id] ?? 0}
            .own=${own}
            .actionable=${actionable}
            .size=${options.size ?? 66}
            .untagged=${options.untagged ?? false}
            data-user=${seat.user_id}
            @click=${() => actionable && options.act?.(seat)}
          ></spaces-seat>
        </li>`;
      },
    )}
  </ul>`;
}

/** How many listen, and some of them. */
export function audience({ listeners }: Snapshot): TemplateResult {
  const { words } = deps();
  const shown = listeners.sample.slice(0, SHOWN_LISTENERS);
  const others = listeners.count - shown.length;
  return html`<section class="audience" aria-label=${words.audience}>
    <h3 class="count num">${listeners.count ? words.listening(listeners.count) : words.nobodyListens}</h3>
    ${listeners.count
      ? html`<ul class="crowd" role="list">
          ${repeat(shown, (profile) => profile.user_id, listener)}
          ${others > 0
            ? html`<li><span class="others num" aria-hidden="true">+${compact(others)}</span><span>${words.others}</span></li>`
            : nothing}
        </ul>`
      : nothing}
  </section>`;
}

const listener = (profile: Profile): TemplateResult =>
  html`<li>${face(profile, 50)}<span dir="auto" title=${profile.name}>${firstName(profile)}</span></li>`;

const compact = (count: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(count).toLowerCase();

/** The queue, who is next first. */
export function requests(
  queue: SpeakRequest[],
  busy: ReadonlySet<string>,
  answer: (request: SpeakRequest, accepts: boolean) => void,
): TemplateResult {
  const { words } = deps();
  if (!queue.length) return html`<p class="soft empty">${words.noRequests}</p>`;
  return html`<ul class="requests" role="list">
    ${repeat(
      queue,
      (request) => request.user_id,
      (request) => {
        const { name } = request.profile;
        const isBusy = busy.has(request.user_id);
        return html`<li class="request" data-user=${request.user_id}>
          <span class="number num" aria-hidden="true">${request.position}</span>
          ${face(request.profile, 46)}
          <span class="name" dir="auto">${name}</span>
          <span class="waited num">${span(secondsSince(request.requested_at))}</span>
          <span class="pair">
            <button class="button decline" part="button" type="button" ?disabled=${isBusy} aria-label=${`${words.decline}: ${name}`} @click=${() => answer(request, false)}>
              ${words.decline}
            </button>
            <button class="button primary accept" part="button" type="button" ?disabled=${isBusy} aria-label=${`${words.accept}: ${name}`} @click=${() => answer(request, true)}>
              ${words.accept}
            </button>
          </span>
        </li>`;
      },
    )}
  </ul>`;
}
