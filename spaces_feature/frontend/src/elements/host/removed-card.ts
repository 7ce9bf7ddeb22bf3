/** The card that takes the room's place when the member was sent away. */

import { html, nothing, type TemplateResult } from 'lit';
import type { RemovalCode } from '../../core/types';
import { deps } from '../context';
import { sentAwayLine, sentAwayTitle } from '../place/place-law';

/** Who was removed is told by whom; a block and the network's own decision share neutral words. */
export function removedCard(code: RemovalCode, back: () => void): TemplateResult {
  const { words, config } = deps();
  const line = sentAwayLine(code, words);
  return html`<div class="card">
    <h2 class="title" id="title" tabindex="-1">${sentAwayTitle(code, config.app_name, words)}.</h2>
    ${line ? html`<p class="soft">${line}.</p>` : nothing}
    <button class="button primary tall wide" part="button" type="button" data-action="dismiss" @click=${back}>
      ${words.backTo(config.app_name)}
    </button>
  </div>`;
}
