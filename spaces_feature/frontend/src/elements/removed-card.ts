/** The card that takes the room's place when the member was sent away. */

import { html, nothing, type TemplateResult } from 'lit';
import type { RemovalCode } from '../core/types';
import { deps } from './context';

/** Who was removed by a host is told so; a block and the network's own decision share neutral words. */
export function removedCard(code: RemovalCode, back: () => void): TemplateResult {
  const { words, config } = deps();
  const isByHost = code === 'removed';
  return html`<div class="card">
    <h2 class="title" id="title" tabindex="-1">${isByHost ? words.removedFrom : words.noLongerIn}.</h2>
    ${isByHost ? html`<p class="soft">${words.removedForGood}.</p>` : nothing}
    <button class="button primary tall wide" part="button" type="button" data-action="dismiss" @click=${back}>
      ${words.backTo(config.app_name)}
    </button>
  </div>`;
}
