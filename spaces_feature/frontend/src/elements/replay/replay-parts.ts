/** The still parts of a replay's page: its head, what is to be known of it, and what stands there without it. */

import { html, nothing, type TemplateResult } from 'lit';
import type { Problem } from '../../core/types';
import type { Recording } from '../../replay/recording';
import { WAITING } from '../../replay/troubles';
import { replayWords as words } from '../../replay/words';
import { pageDeps } from '../context';
import { dayAndTime } from '../directory-times';
import { problemLine } from '../room/dock-parts';
import { faces } from '../face';
import { icon } from '../icons';
import { loadRoomElements } from '../openers';
import { replayIcon } from './replay-icons';

export const badge = (): TemplateResult => html`<span class="badge" part="badge">${replayIcon('play')}${words.replay}</span>`;

export function head(recording: Recording, menu: () => void): TemplateResult {
  const { title, host, speakers, may } = recording;
  const others = speakers.filter(({ user_id }) => user_id !== host?.user_id);
  const [first, ...rest] = others.map(({ profile }) => profile);
  return html`<header>
    <div class="top">
      ${badge()}<span class="soft num facts">${facts(recording).join(' \u00b7 ')}</span>
      <span class="ways">
        <button class="button bare round" part="button" type="button" aria-label=${words.share} @click=${() => void share(recording)}>${icon('share')}</button>
        ${may.edit || may.delete || may.download || may.withdraw
          ? html`<button class="button bare round" part="button" type="button" aria-label=${words.more} aria-haspopup="dialog" data-action="more" @click=${menu}>${icon('more')}</button>`
          : nothing}
      </span>
    </div>
    <h1 class="title" dir="auto">${title}</h1>
    ${host
      ? html`<p class="who">
          ${faces([host, ...(first ? [first] : [])], 30)}<span dir="auto"
            ><a href=${host.url}>${host.name}</a>${words.withWhom(first?.name ?? null, rest.length)}</span
          >
        </p>`
      : nothing}
  </header>`;
}

function facts({ started_at, duration_s, came, plays, expires_at }: Recording): string[] {
  const begun = dayAndTime(started_at ?? '');
  const gone = dayAndTime(expires_at ?? '');
  return [
    begun?.date ?? '',
    words.lasted(Math.round(duration_s)),
    came ? words.came(came) : '',
    plays ? words.listened(plays) : '',
    gone ? words.keptUntil(gone.date.replace(/^\S+ /, '')) : '',
  ].filter(Boolean);
}

async function share({ space_id, title }: Recording): Promise<void> {
  const { shareSpace } = await loadRoomElements();
  shareSpace({ id: space_id, title });
}

/** Why nothing is heard: an alarm only where somebody has to do something. */
export const troubleLine = (trouble: Problem): TemplateResult =>
  trouble === WAITING
    ? html`<p class="told" role="status">${trouble.title} ${trouble.detail}</p>`
    : problemLine(trouble);

/** What is missing of it, and why. */
export function notes({ gaps, is_short }: Recording): TemplateResult | typeof nothing {
  const missing = gaps.filter(({ reason }) => reason === 'interrupted').map(({ from_s }) => Math.floor(from_s));
  const said = [
    missing.length ? words.missing(missing) : is_short ? words.isShort : '',
    gaps.some(({ reason }) => reason === 'withdrawn') ? words.takenOut : '',
  ].filter(Boolean);
  return said.length ? html`<p class="note soft">${icon('warning')}<span>${said.join(' ')}</span></p>` : nothing;
}

/** Until it is there: what the page says already, and after a moment the shape of what comes. */
export function skeleton(recording: Recording | null, isLate: boolean): TemplateResult {
  return html`<article class="card" aria-busy="true">
    <slot></slot>
    ${recording ? html`<p class="soft" role="status">${words.notReady}</p>` : nothing}
    <div class="bones" ?hidden=${!isLate}>
      <span class="sr" role="status">${isLate && !recording ? words.loading : ''}</span>
      ${[0, 1, 2, 3].map(() => html`<i class="bone lane"></i>`)}<i class="bone disc"></i>
    </div>
  </article>`;
}

/** Nothing to hear, and one way on. */
export function goneCard(problem: Problem | null, again?: () => void): TemplateResult {
  const isGone = !problem || [403, 404, 410].includes(problem.status);
  return html`<article class="card gone">
    <slot></slot>
    ${isGone ? html`<p class="soft" role="status">${problem ? words.goneLine : words.isGone}</p>` : problemLine(problem)}
    ${isGone || !again
      ? html`<p><a class="button" part="button" href=${`${pageDeps().config.prefix}/`}>${words.allSpaces}</a></p>`
      : html`<p><button class="button" part="button" type="button" @click=${again}>${words.tryAgain}</button></p>`}
  </article>`;
}
