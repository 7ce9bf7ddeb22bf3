/**
 * What every page may hold and few do. Each is there at once with its own markup; its code comes with the first of them.
 * A replay that went on over a page load comes without an element.
 */

import { defineOnce } from './context';

const plans = () => import('./plan-elements');
const replay = () => import('../replay');

/** By `spaces-NAME`: `arrive` takes over one that stands in the page. */
const LATE: Record<string, () => Promise<{ arrive(element: HTMLElement): unknown }>> = {
  /** A Space as a card in a post. */
  card: () => import('./space-card'),
  /** The page of all Spaces; its search answers while somebody types. */
  directory: () => import('./directory'),
  bell: plans,
  reminder: plans,
  scheduled: plans,
  when: () => import('./local-time'),
  /** A clip as a card in a post. */
  clip: () => import('./clip/clip-card'),
  replay,
};

export function defineLate(soundFirst: Promise<void>): void {
  for (const name in LATE)
    defineOnce(
      `spaces-${name}`,
      class extends HTMLElement {
        connectedCallback(): void {
          LATE[name]!().then(({ arrive }) => arrive(this)).catch(() => undefined);
        }
      },
    );
  soundFirst.then(() => sessionStorage['spaces.replay'] && replay()).catch(() => undefined);
}
