/** What else the host app lets its members make: quiet ways out of the sheet. What was written in it is kept. */

import { html, nothing, type TemplateResult } from 'lit';
import { waysInstead } from '../../core/host-links';
import { deps } from '../context';

export function otherWays(): TemplateResult | typeof nothing {
  const ways = waysInstead(deps().config.create_links);
  if (!ways.length) return nothing;
  return html`<p class="others">
    ${ways.map(({ title, url }) => html`<a class="button bare" part="button" href=${url} data-action="instead">${title}</a>`)}
  </p>`;
}
