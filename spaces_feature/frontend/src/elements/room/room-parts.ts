/** The parts of the room's middle: stage, audience, queue. Templates only; whoever draws them decides what they do. */

import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { reactionOf } from '../../core/reactions';
import type { Problem, Profile, Role, Seat, SessionState, SpeakRequest } from '../../core/types';
import { deps } from '../context';
import { problemLine } from './dock-parts';
import { face } from '../face';
import { chipsOf } from '../host/host-chips';
import { firstName } from '../monogram';
import { isLeftOut } from '../recording/recording-law';
import { doing } from '../sheet-parts';
import { secondsSince, span } from '../time';

export interface StageOptions {
  /** Called with the seat that was pressed; seats for which `isActionable` says no lead to profiles. */
  act: (seat: Seat) => void;
  isActionable: (user_id: string) => boolean;
  /** Called when the member's own seat was pressed, while something is kept of the Space. */
  own?: () => void;
  size?: number;
  untagged?: boolean;
  /** Behind the last seat. */
  more?: unknown;
}

/** The seats, four in a row. */
export function stage(seats: Seat[], state: SessionState, options: StageOptions): TemplateResult {
  const { words } = deps();
  const me = state.snapshot?.me;
  if (!seats.length) return html`<p class="soft empty">${words.emptyStage}</p>`;
  return html`<ul class="stage" role="list" aria-label=${words.stage}>
    ${repeat(
      seats,
      (seat) => seat.user_id,
      (seat) => {
        const own = seat.user_id === me?.user_id;
        // The own seat leads to the answer about the own voice.
        const actionable = own ? Boolean(me?.consent && options.own) : options.isActionable(seat.user_id);
        return html`<li>
          <spaces-seat
            exportparts="seat, ring, badge"
            .seat=${seat}
            .talking=${state.talking.includes(seat.user_id)}
            .level=${state.levels[seat.user_id] ?? 0}
            .own=${own}
            .reaction=${reactionOf(state.reacting?.[seat.user_id] ?? '')}
            .actionable=${actionable}
            .size=${options.size ?? 66}
            .untagged=${options.untagged ?? false}
            .leftOut=${state.snapshot && isLeftOut(state.snapshot, seat) ? me?.consent?.covers ?? '' : ''}
            data-user=${seat.user_id}
            @click=${() => actionable && (own ? options.own?.() : options.act(seat))}
          ></spaces-seat>
        </li>`;
      },
    )}
    ${options.more ?? nothing}
  </ul>`;
}

export interface Listener {
  profile: Profile;
  joined_at?: string | undefined;
}

export interface AudienceOptions {
  /** Called with the face that was pressed. */
  act: (listener: Listener) => void;
  isActionable: (user_id: string) => boolean;
  /** At most so many faces, and a number for the others. */
  shown?: number;
  /** Behind the last face. */
  more?: unknown;
}

/** How many listen, and who. */
export function audience(count: number, listeners: Listener[], { act, isActionable, shown, more }: AudienceOptions): TemplateResult {
  const { words } = deps();
  const faces = shown === undefined ? listeners : listeners.slice(0, shown);
  const others = shown === undefined ? 0 : count - faces.length;
  return html`<section class="audience" aria-label=${words.audience}>
    <h3 class="count num">${count ? words.listening(count) : words.nobodyListens}</h3>
    ${count
      ? html`<ul class="crowd" role="list">
          ${repeat(
            faces,
            ({ profile }) => profile.user_id,
            (listener) => html`<li data-user=${listener.profile.user_id}>${oneFace(listener, isActionable, act)}</li>`,
          )}
          ${others > 0
            ? html`<li><span class="others num" aria-hidden="true">+${compact(others)}</span><span class="name">${words.others}</span></li>`
            : nothing}
        </ul>`
      : nothing}
    ${more ?? nothing}
  </section>`;
}

function oneFace(listener: Listener, isActionable: AudienceOptions['isActionable'], act: AudienceOptions['act']): TemplateResult {
  const { profile } = listener;
  // "Anonymous 3" is told apart by its number only.
  const isAnonymous = profile.user_id.startsWith('anonymous:');
  const name = isAnonymous ? profile.name : firstName(profile);
  const isButton = isActionable(profile.user_id);
  const look = html`${face(profile, 50)}<span class=${isAnonymous ? 'name long' : 'name'} dir="auto" aria-hidden=${isButton ? 'true' : nothing}
      >${name}</span
    >`;
  return isButton
    ? html`<button class="one" part="seat" type="button" aria-haspopup="dialog" title=${profile.name} @click=${() => act(listener)}>
        ${look}<span class="sr">${profile.name}</span>
      </button>`
    : html`<span class="one" title=${profile.name}>${look}</span>`;
}

const compact = (count: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(count).toLowerCase();

export type Answer = 'accept' | 'decline';

export interface QueueOptions {
  viewer: Role;
  /** First name of the Space's host. */
  host: string;
  /** Opens the sheet about who asks. */
  act: (request: SpeakRequest) => void;
  isActionable: (user_id: string) => boolean;
  /** Without it the queue is read only. */
  answer?: (request: SpeakRequest, answer: Answer) => void;
  answering?: ReadonlyMap<string, Answer>;
  troubles?: ReadonlyMap<string, Problem>;
}

/** The queue, who is next first. */
export function requests(queue: SpeakRequest[], options: QueueOptions): TemplateResult {
  return html`<ul class="requests" role="list">
    ${repeat(
      queue,
      (request) => request.user_id,
      (request) => requestRow(request, options),
    )}
  </ul>`;
}

function requestRow(request: SpeakRequest, { viewer, host, act, isActionable, answer, answering, troubles }: QueueOptions): TemplateResult {
  const { words } = deps();
  const { name } = request.profile;
  const chips = chipsOf(request, viewer, host, words.hosting);
  const trouble = troubles?.get(request.user_id);
  const under = answering?.get(request.user_id);
  const button = (kind: Answer, label: string, tone: string) =>
    doing(kind, label, `${kind} ${tone}`, under === kind, () => !under && answer?.(request, kind), `${label}: ${name}`);
  return html`<li class="request" data-user=${request.user_id}>
    <span class="number num" aria-hidden="true">${request.position}</span>
    ${face(request.profile, 46)}
    <span class="asker">
      ${isActionable(request.user_id)
        ? html`<button class="name" type="button" aria-haspopup="dialog" dir="auto" @click=${() => act(request)}>${name}</button>`
        : html`<span class="name" dir="auto">${name}</span>`}
      <span class="waited num">${span(secondsSince(request.requested_at))}</span>
      ${chips.length
        ? html`<span class="chips">${chips.map(({ text, tone }) => html`<span class="chip ${tone}">${text}</span>`)}</span>`
        : nothing}
    </span>
    ${answer
      ? html`<span class="pair">${button('decline', words.decline, '')} ${button('accept', words.accept, 'primary')}</span>`
      : nothing}
    ${trouble ? problemLine(trouble, 'told') : nothing}
  </li>`;
}
