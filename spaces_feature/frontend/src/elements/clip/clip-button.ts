/** The button that asks for a clip of what was just said. */

import { html, type TemplateResult } from 'lit';
import { clipWords as w } from '../../core/clip-words';
import { askForClip } from './clip-open';
import { icon } from '../icons';

export const clipButton = (space_id: string): TemplateResult =>
  html`<button
    class="button tall round"
    part="button"
    type="button"
    data-action="clip"
    aria-label=${w.clip}
    aria-haspopup="dialog"
    title=${w.clip}
    @click=${() => askForClip({ space_id })}
  >
    ${icon('scissors')}
  </button>`;
