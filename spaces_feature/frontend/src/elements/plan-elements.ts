/** The elements about what is to come, loaded where a page holds one of them. */

import { words } from '../core/words';
import { SpacesBellView } from './bell';
import { defineOnce, deps, provideWords } from './context';
import { startOf } from './create/create-planned';
import { SpacesKept } from './kept';
import { SpacesPins } from './room/pins';
import { SpacesReminderView } from './reminder';
import { SpacesScheduledView } from './scheduled';

provideWords(words);
defineOnce('spaces-bell-view', SpacesBellView);
defineOnce('spaces-reminder-view', SpacesReminderView);
defineOnce('spaces-scheduled-view', SpacesScheduledView);
defineOnce('spaces-pins', SpacesPins);
defineOnce('spaces-kept', SpacesKept);

/** Draws one element of the host's page. What it holds already stays in sight until there is something better. */
export function arrive(element: HTMLElement): void {
  if (element.shadowRoot) return;
  for (const moment of element.querySelectorAll('time')) moment.textContent = startOf({ scheduled_start: moment.dateTime });
  if (!deps().config.me) return;
  const name = `${element.localName}-view`;
  const view = document.createElement(name);
  view.append(document.createElement('slot'));
  view.setAttribute('exportparts', 'button, badge');
  const { observedAttributes } = customElements.get(name) as unknown as { observedAttributes: string[] };
  const pass = () => {
    for (const attribute of observedAttributes) {
      const value = element.getAttribute(attribute);
      if (value === null) view.removeAttribute(attribute);
      else view.setAttribute(attribute, value);
    }
  };
  pass();
  new MutationObserver(pass).observe(element, { attributes: true, attributeFilter: observedAttributes });
  element.attachShadow({ mode: 'open' }).append(view);
}
