/** A row with a switch: what it is, what it does, on or off. */

import { html, type TemplateResult } from 'lit';
import { icon, type IconName } from './icons';

export function toggle(picture: IconName, title: string, line: string, isOn: boolean, turn: (isOn: boolean) => void): TemplateResult {
  return html`<label class="toggle">
    ${icon(picture)}
    <span><b>${title}</b><small>${line}</small></span>
    <input
      type="checkbox"
      role="switch"
      .checked=${isOn}
      @change=${(event: Event) => turn((event.target as HTMLInputElement).checked)}
    />
  </label>`;
}
