/** `<spaces-replay space-id="...">`: what the server wrote of a replay stays in sight until there is something better. */

import { house } from '../../replay/house';
import { inPage } from '../../replay/page-data';

/** Draws one. `?t=` in the page's address is where it begins, in seconds. */
export function openReplay(element: HTMLElement): void {
  if (element.shadowRoot) return;
  const told = inPage(element);
  if (told) house().library.put(told);
  const view = document.createElement('spaces-replay-view');
  view.setAttribute('space-id', element.getAttribute('space-id') ?? '');
  view.setAttribute('exportparts', 'button, badge');
  const from_s = Number(new URL(location.href).searchParams.get('t') ?? NaN);
  Object.assign(view, { from_s: Number.isFinite(from_s) && from_s >= 0 ? from_s : null });
  view.append(document.createElement('slot'));
  element.attachShadow({ mode: 'open' }).append(view);
  element.setAttribute('data-drawn', '');
}
