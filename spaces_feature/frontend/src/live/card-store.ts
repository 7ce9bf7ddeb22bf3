/**
 * The Spaces that stand as cards in posts, kept as fresh as the strip: asked for again when a nudge names them, and from
 * time to time while somebody sees them.
 */

import type { Api } from '../core/api';
import type { ListedSpace, SpaceState } from '../core/types';
import { createBatch, type Batching } from './batch';

/** Milliseconds between questions about cards that no nudge names. */
const POLL = 60_000;
/** A question is sent a little after its turn; the next turn counts from the turn. */
const SLACK = 1000;

/** `gone`: the viewer may not know of it any more, or it never was. `over`: it ended, and that is all that we know. */
export type CardNews = ListedSpace | 'over' | 'gone';

/** What is to be known about cards, and done with them. */
export interface CardView<Card> {
  frame: Batching<ListedSpace>['frame'];
  idOf(card: Card): string;
  /** Whether it is still in the page. */
  isThere(card: Card): boolean;
  /** Whether somebody sees it now. */
  isInSight(card: Card): boolean;
  /** Whether the server has written it; where it could not, there is only a link. */
  isDrawn(card: Card): boolean;
  show(card: Card, news: CardNews): void;
  /** The state that it shows, if any. */
  stateOf(card: Card): string | undefined;
  /** Hear at once what becomes of these Spaces, and of no others: `told` and `news` take it. */
  watch(space_ids: string[]): void;
}

export interface CardStore<Card> {
  /** Returns whether the card is new here. */
  follow(card: Card): boolean;
  /** Other cards may be in sight now: asks about those that nobody has asked about for a while. */
  look(): void;
  /** What a Space is; cards that show it otherwise ask. */
  told(space_id: string, state: SpaceState): void;
  /** Spaces that a nudge named. */
  news(space_ids: string[], areOver: boolean): void;
}

export function createCardStore<Card>(
  api: Pick<Api, 'spaces'>,
  { frame, idOf, isThere, isInSight, isDrawn, show, stateOf, watch }: CardView<Card>,
  now: () => number = Date.now,
): CardStore<Card> {
  const cards = new Set<Card>();
  /** When each was last known to be right. */
  const askedAt = new Map<string, number>();
  /** Over for good: an answer that was under way may still call them live. */
  const ended = new Set<string>();
  let timer: ReturnType<typeof setInterval> | undefined;

  const want = createBatch<ListedSpace>({
    most: 50,
    frame,
    async fetch(space_ids) {
      for (const space_id of space_ids) askedAt.set(space_id, now());
      const { data } = await api.spaces({ ids: space_ids.join() });
      return Object.fromEntries(data.map((space) => [space.id, space]));
    },
    take: (space_id, space) => tell(space_id, space?.state === 'live' && ended.has(space_id) ? 'over' : (space ?? 'gone')),
  });

  /** The page may have been swapped since. */
  function present(): Card[] {
    for (const card of cards) if (!isThere(card)) cards.delete(card);
    if (!cards.size) {
      clearInterval(timer);
      timer = undefined;
    }
    return [...cards];
  }

  function tell(space_id: string, news: CardNews): void {
    for (const card of present()) if (idOf(card) === space_id) show(card, news);
    attend();
  }

  /** What is over, or gone, stays so. */
  function attend(): void {
    const mayChange = (card: Card) => ['live', 'scheduled'].includes(stateOf(card) ?? '');
    watch(present().filter((card) => isInSight(card) && mayChange(card)).map(idOf));
  }

  function look(): void {
    const isStale = (space_id: string) => now() - (askedAt.get(space_id) ?? 0) >= POLL - SLACK;
    want(present().filter(isInSight).map(idOf).filter(isStale));
    attend();
  }

  return {
    look,
    follow(card) {
      if (cards.has(card)) return false;
      cards.add(card);
      const space_id = idOf(card);
      if (isDrawn(card)) askedAt.set(space_id, askedAt.get(space_id) ?? now());
      else want([space_id]);
      timer ??= setInterval(look, POLL);
      return true;
    },
    told(space_id, state) {
      const isOther = (card: Card) => idOf(card) === space_id && stateOf(card) !== state;
      if (present().some(isOther)) want([space_id]);
    },
    news(space_ids, areOver) {
      if (areOver) {
        for (const space_id of space_ids) {
          ended.add(space_id);
          tell(space_id, 'over');
        }
        return;
      }
      const shown = new Set(present().map(idOf));
      want(space_ids.filter((space_id) => shown.has(space_id)));
    },
  };
}
