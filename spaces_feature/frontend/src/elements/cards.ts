/** Cards that take the room's place. */

import { html, nothing, type TemplateResult } from 'lit';
import type { SessionState } from '../core/types';
import { deps } from './context';
import { numbersOf } from './create/create-planned';
import { face } from './face';
import { mayReadNumbers } from './host/host-rules';
import { icon } from './icons';
import { secondsSince, span } from './time';

/** The Space is over: how long it was, who hosted, the way back. */
export function endedCard({ snapshot, title }: SessionState, back: () => void): TemplateResult {
  const { words, config } = deps();
  const space = snapshot?.space;
  const host = snapshot?.stage.find(({ role }) => role === 'host')?.profile;
  const why = words.endedBy[space?.end_reason ?? 'host'];
  const lasted = space?.started_at ? words.lasted(span(secondsSince(space.started_at, space.ended_at)), space.participant_count) : '';
  return html`<div class="card">
    <span class="badge" part="badge">${words.endedTag}</span>
    <h2 class="title" id="title" tabindex="-1">${words.endedTitle}</h2>
    <p class="soft">${title ? html`<q dir="auto">${title}</q>. ` : nothing}${lasted} ${why} ${space?.is_recorded ? words.recording.wasRecorded : words.notRecorded}</p>
    ${space?.is_recorded ? html`<spaces-kept exportparts="button" .spaceId=${space.id}></spaces-kept>` : nothing}
    ${host
      ? html`<p class="who">
          ${face(host, 46)}<span><b>${host.name}</b><small>${words.hostedThis}</small></span>
        </p>`
      : nothing}
    <spaces-pins exportparts="button" .snapshot=${snapshot}></spaces-pins>
    ${snapshot && mayReadNumbers(snapshot) && space?.end_reason !== 'switched_off'
      ? html`<a class="button tall wide" part="button" href=${numbersOf(snapshot.space)} data-action="numbers">${icon('chart')}${words.hosting.numbers}</a>`
      : nothing}
    <button class="button primary tall wide" part="button" type="button" data-action="dismiss" @click=${back}>
      ${words.backTo(config.app_name)}
    </button>
  </div>`;
}

/** How to let the page use the microphone again. */
export function microphoneCard(justListen: () => void, again: () => void): TemplateResult {
  const { words, config } = deps();
  return html`<div class="card">
    <span class="badge danger" part="badge">${icon('microphoneOff')} ${words.noMicrophone}</span>
    <h2 class="title" id="title" tabindex="-1">${words.helpTitle(config.app_name)}</h2>
    <ol class="soft">
      ${words.helpSteps.map((step) => html`<li>${step}</li>`)}
    </ol>
    <div class="pair">
      <button class="button tall" part="button" type="button" @click=${justListen}>${words.justListen}</button>
      <button class="button primary tall" part="button" type="button" @click=${again}>${words.tryAgain}</button>
    </div>
  </div>`;
}
