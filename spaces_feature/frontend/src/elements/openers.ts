/**
 * What opens our dialogs, anywhere in the page: `[data-spaces-join="ID"]` and `[data-spaces-create]`, the strip's own
 * entries and the host's buttons alike, `="later"` for a plan; `[data-spaces-listen="ID"]` goes in at once, and `[data-spaces-share="ID"]` shares.
 * A link keeps its way for new tabs and for pages without script.
 */

import type { Card } from '../core/types';
import { pageDeps } from './context';

const OPENERS = '[data-spaces-join], [data-spaces-create], [data-spaces-listen], [data-spaces-share]';

/** Loads dock, panel and dialogs, once. */
export const loadRoomElements = () => import('./room/room-elements');

export function listenForOpeners(): void {
  document.addEventListener('click', open);
  for (const sign of ['pointerover', 'touchstart', 'focusin'])
    document.addEventListener(sign, prepare, { passive: true, capture: true });
}

/** Whoever follows the link to create into a page of its own finds the sheet open there. */
export function openWhatWasAsked(): void {
  const here = new URL(location.href);
  const { config } = pageDeps();
  if (!config.me || !config.flags['spaces.host'] || here.pathname !== `${config.prefix}/` || !here.searchParams.has('new')) return;
  const card = here.searchParams.get('card');
  const mode = modeOf(here.searchParams.get('new'));
  history.replaceState(history.state, '', here.pathname);
  loadRoomElements().then(({ openCreate }) => openCreate(card ? { id: card } : null, mode), () => undefined);
}

async function open(event: MouseEvent): Promise<void> {
  const opener = openerOf(event);
  const isOtherTab = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!opener || isOtherTab || event.defaultPrevented || leadsOut(opener)) return;
  event.preventDefault();
  opener.setAttribute('aria-busy', 'true');
  try {
    const { openCreate, openJoin, listenAtOnce, shareSpace } = await loadRoomElements();
    const { spacesJoin: id, spacesListen, spacesShare, spacesTitle = '' } = opener.dataset;
    if (spacesListen) listenAtOnce(spacesListen);
    else if (spacesShare) shareSpace({ id: spacesShare, title: spacesTitle });
    else if (id) openJoin(id);
    else openCreate(cardOf(opener.dataset), modeOf(opener.dataset.spacesCreate));
  } catch {
    if (opener instanceof HTMLAnchorElement) location.assign(opener.href);
    else pageDeps().announce(pageDeps().words.unreachable, true);
  } finally {
    opener.removeAttribute('aria-busy');
  }
}

const modeOf = (said: string | null | undefined): 'later' | null => (said === 'later' ? said : null);

/** The post that a button stands for. Its words may come along, for posts of others. */
function cardOf({ spacesCard: id, spacesCardText: text }: DOMStringMap): Partial<Card> | null {
  return id ? { id, ...(text ? { text } : {}) } : null;
}

function prepare(event: Event): void {
  if (!openerOf(event)) return;
  pageDeps().prefetch();
  loadRoomElements().catch(() => undefined);
}

/** Signed out the way into a Space is its page: it says whether there is more. */
const leadsOut = (opener: HTMLElement): boolean =>
  !pageDeps().config.me && 'spacesJoin' in opener.dataset && opener instanceof HTMLAnchorElement;

function openerOf(event: Event): HTMLElement | null {
  return event.target instanceof Element ? event.target.closest<HTMLElement>(OPENERS) : null;
}
