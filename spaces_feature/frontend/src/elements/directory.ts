/**
 * What `<spaces-directory>` adds to the page that the server wrote: results while somebody types, arrows through them,
 * and times by the reader's own clock. Results are the same page asked for again, of which the body is taken.
 *
 * @fires spaces-found - Other results stand in the page; `detail` is `{query}`. Bubbles.
 */

import { createWatchList } from '../live/watch-list';
import { pageDeps } from './context';
import { dayAndTime } from './directory-times';

/** Milliseconds after the last key. */
const PAUSE = 250;
/** Milliseconds after which something must be seen to happen. */
const PATIENCE = 300;
const BODY = '[data-part="body"]';
const RESULTS = '.spaces-tile__link, .spaces-plan__link';

const enhanced = new WeakSet<Element>();
const watching = new WeakSet<Element>();

export function arrive(root: HTMLElement): void {
  tellTimes(root);
  if (pageDeps().config.me) watchPlans(root);
  const form = root.querySelector<HTMLFormElement>('form[role="search"]');
  const field = form?.querySelector<HTMLInputElement>('input[type="search"]');
  if (!form || !field || enhanced.has(form)) return;
  enhanced.add(form);

  let timer = 0;
  let asked = addressOf(form);
  let call: AbortController | null = null;

  async function search(): Promise<void> {
    clearTimeout(timer);
    const address = addressOf(form!);
    if (address === asked) return;
    asked = address;
    call?.abort();
    const mine = (call = new AbortController());
    const body = root.querySelector<HTMLElement>(BODY);
    body?.setAttribute('aria-busy', 'true');
    const late = setTimeout(() => body?.replaceChildren(skeleton()), PATIENCE);
    try {
      const response = await fetch(address, { credentials: 'same-origin', signal: mine.signal, headers: { Accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const fresh = page.querySelector<HTMLElement>(`spaces-directory ${BODY}`);
      if (!fresh) throw new Error('no directory');
      clearTimeout(late);
      if (call !== mine) return;
      root.querySelector(BODY)?.replaceWith(document.adoptNode(fresh));
      tellTimes(root);
      history.replaceState(history.state, '', address);
      const said = root.querySelector('[data-part="said"]');
      if (said) said.textContent = fresh.dataset['said'] ?? '';
      root.dispatchEvent(new CustomEvent('spaces-found', { detail: { query: field!.value }, bubbles: true }));
    } catch {
      clearTimeout(late);
      if (call !== mine) return;
      asked = '';
      body?.removeAttribute('aria-busy');
      pageDeps().announce(pageDeps().words.unreachable, true);
    }
  }

  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void search(), PAUSE);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void search();
  });
  root.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const results = [...root.querySelectorAll<HTMLElement>(`${BODY} :is(${RESULTS})`)];
    const stops = [field, ...results];
    const place = stops.indexOf(event.target as HTMLElement);
    const next = place < 0 ? undefined : stops[place + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
}

/** The page that the form leads to, with nothing in it that is empty. */
function addressOf(form: HTMLFormElement): string {
  const given = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1].trim() !== '');
  const query = new URLSearchParams(given).toString();
  return new URL(form.action).pathname + (query ? `?${query}` : '');
}

function skeleton(): HTMLElement {
  const list = document.createElement('div');
  list.className = 'spaces-directory__list';
  list.setAttribute('aria-hidden', 'true');
  for (let count = 0; count < 3; count += 1) list.append(Object.assign(document.createElement('div'), { className: 'spaces-skeleton' }));
  return list;
}

/** A row of a Space to come is a card from the moment that it comes no more: live, or called off. */
function watchPlans(root: HTMLElement): void {
  if (watching.has(root)) return;
  watching.add(root);
  const inSight = new Set<Element>();
  const rows = createWatchList((space_id) => pageDeps().watch(space_id, true), {
    found: ({ space }) => settle(space.id, space.state),
    changed: (space_id, snapshot) => settle(space_id, snapshot?.space.state ?? 'gone'),
  });
  const idOf = (row: Element): string => (row as HTMLElement).dataset['space'] ?? '';
  const look = (): void => {
    for (const row of inSight) if (!row.isConnected) inSight.delete(row);
    rows.keep(document.hidden ? [] : [...inSight].map(idOf).filter(Boolean));
  };
  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) inSight.add(target);
      else inSight.delete(target);
    }
    look();
  });
  function settle(space_id: string, state: string): void {
    if (state === 'scheduled') return;
    for (const row of [...inSight].filter((one) => idOf(one) === space_id)) {
      const card = document.createElement('spaces-card');
      card.setAttribute('space-id', space_id);
      sight.unobserve(row);
      inSight.delete(row);
      row.className = '';
      row.replaceChildren(card);
    }
    look();
  }
  const follow = (): void => {
    for (const row of root.querySelectorAll('.spaces-plan')) sight.observe(row);
  };
  new MutationObserver(follow).observe(root, { childList: true, subtree: true });
  document.addEventListener('visibilitychange', look);
  follow();
}

function tellTimes(root: HTMLElement): void {
  const write = (place: Element | null | undefined, words: string) => place && (place.textContent = words);
  for (const row of root.querySelectorAll('.spaces-plan')) {
    const tile = row.querySelector<HTMLElement>('[data-when]');
    const when = dayAndTime(tile?.dataset['when'] ?? '');
    if (!when) continue;
    write(tile?.children[0], when.weekday);
    write(tile?.children[1], when.day);
    write(row.querySelector('[data-part="date"]'), `${when.date}, `);
    write(row.querySelector('[data-part="time"]'), when.time);
  }
}
