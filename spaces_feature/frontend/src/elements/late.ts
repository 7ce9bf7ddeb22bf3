/** What every page may hold and few do: bells, reminders, Spaces to come, moments. Their code comes with the first of them. */

import { defineOnce } from './context';

/** Each `spaces-NAME` is drawn by a `spaces-NAME-view` in its shadow root; until then its own markup shows. */
const NAMES = ['bell', 'reminder', 'scheduled'] as const;

export function defineLate(): void {
  for (const name of NAMES)
    defineOnce(
      `spaces-${name}`,
      class extends HTMLElement {
        connectedCallback(): void {
          import('./plan-elements').then(({ fill }) => fill(this), () => undefined);
        }
      },
    );
  defineOnce(
    'spaces-when',
    class extends HTMLElement {
      connectedCallback(): void {
        import('./local-time').then(({ tellTime }) => tellTime(this), () => undefined);
      }
    },
  );
}
