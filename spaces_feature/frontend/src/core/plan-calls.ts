/** The API's calls about what is to come and what is pinned, apart from the others: only pages that hold such things need them. */

import type { Api } from './calls';
import type { BellLevel, Card, Snapshot } from './types';

export interface PlanCalls {
  cancel(space_id: string): Promise<Snapshot>;
  bell(user_id: string): Promise<BellLevel>;
  setBell(user_id: string, level: BellLevel): Promise<BellLevel>;
  /** The posts pinned to a Space. */
  pins(space_id: string): Promise<Card[]>;
  /** Posts that the member may pin. */
  ownCards(): Promise<Card[]>;
  pin(space_id: string, card_id: string): Promise<Snapshot>;
  unpin(space_id: string, card_id: string): Promise<Snapshot>;
}

export function planCalls({ call }: Pick<Api, 'call'>): PlanCalls {
  const of = (list: string, id: string, rest = '') => `/${list}/${encodeURIComponent(id)}${rest}`;
  const cards = (path: string) => call<{ data: Card[] }>('GET', path).then(({ data }) => data);
  const bell = (method: 'GET' | 'PUT', user_id: string, body?: object) =>
    call<{ level: BellLevel }>(method, of('bells', user_id), body).then(({ level }) => level);
  return {
    cancel: (id) => call('POST', of('spaces', id, '/cancel')),
    bell: (user_id) => bell('GET', user_id),
    setBell: (user_id, level) => bell('PUT', user_id, { level }),
    pins: (id) => cards(of('spaces', id, '/cards')),
    ownCards: () => cards('/cards'),
    pin: (id, card_id) => call('PUT', of('spaces', id, of('cards', card_id))),
    unpin: (id, card_id) => call('DELETE', of('spaces', id, of('cards', card_id))),
  };
}
