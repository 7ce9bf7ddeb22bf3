/** What keeps `<spaces-card>` true. It comes with the first card of the page; until then the server's own card stands. */

import { REMINDED } from '../core/reminded';
import { createCardStore, type CardNews } from '../live/card-store';
import { createWatchList } from '../live/watch-list';
import { drawCard, remind, tellLocalTime } from './card-drawing';
import { pageDeps } from './context';

const onScreen = new WeakSet<Element>();
const listening = new WeakSet<Element>();

const store = createCardStore<HTMLElement>(pageDeps().api, {
  frame: requestAnimationFrame,
  idOf: (card) => card.getAttribute('space-id') ?? '',
  isThere: (card) => card.isConnected,
  isInSight: (card) => onScreen.has(card) && !document.hidden,
  isDrawn: (card) => card.querySelector('.spaces-tile') !== null,
  show: (card, news: CardNews) => drawCard(card, news),
  stateOf: (card) => card.querySelector<HTMLElement>('.spaces-tile')?.dataset['state'],
  watch: (space_ids) => watched.keep(space_ids),
});

const watched = createWatchList((space_id) => pageDeps().watch(space_id, true), {
  found: ({ space }) => store.told(space.id, space.state),
  changed: (space_id, snapshot) => store.news([space_id], snapshot?.space.state === 'ended'),
});

const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) onScreen.add(target);
    else onScreen.delete(target);
  }
  store.look();
});

pageDeps().strip.onNews(store.news);
document.addEventListener('visibilitychange', store.look);
document.addEventListener(REMINDED, ({ detail }) => store.news([detail.space_id], false));

/** Takes over a card that the server wrote. */
export function arrive(card: HTMLElement): void {
  tellLocalTime(card);
  // Whoever is signed out is not told of changes.
  if (!pageDeps().config.me || !store.follow(card)) return;
  sight.observe(card);
  if (!listening.has(card)) card.addEventListener('click', press);
  listening.add(card);
}

function press(event: Event): void {
  const button = (event.target as Element).closest<HTMLButtonElement>('button[data-spaces-remind]');
  if (button) void remind(event.currentTarget as HTMLElement, button);
}
