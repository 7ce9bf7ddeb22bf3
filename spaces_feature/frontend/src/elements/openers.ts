/**
 * What opens our dialogs, anywhere in the page: `[data-spaces-join="ID"]` and `[data-spaces-create]`, the strip's own
 * entries and the host's buttons alike. A link keeps its way for new tabs and for pages without script.
 */

import { pageDeps } from './context';

const OPENERS = '[data-spaces-join], [data-spaces-create]';

/** Loads dock, panel and dialogs, once. */
export const loadRoomElements = () => import('./room-elements');

export function listenForOpeners(): void {
  document.addEventListener('click', open);
  for (const sign of ['pointerover', 'touchstart', 'focusin'])
    document.addEventListener(sign, prepare, { passive: true, capture: true });
}

async function open(event: MouseEvent): Promise<void> {
  const opener = openerOf(event);
  const isOtherTab = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!opener || isOtherTab || event.defaultPrevented) return;
  event.preventDefault();
  opener.setAttribute('aria-busy', 'true');
  try {
    const { openCreate, openJoin } = await loadRoomElements();
    const id = opener.dataset['spacesJoin'];
    if (id) openJoin(id);
    else openCreate();
  } catch {
    if (opener instanceof HTMLAnchorElement) location.assign(opener.href);
    else pageDeps().announce(pageDeps().words.unreachable, true);
  } finally {
    opener.removeAttribute('aria-busy');
  }
}

function prepare(event: Event): void {
  if (!openerOf(event)) return;
  pageDeps().prefetch();
  loadRoomElements().catch(() => undefined);
}

function openerOf(event: Event): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>(OPENERS) : null;
}
