/**
 * `<spaces-avatar user-id="42">` around a host app's own picture: a ring, and a word, while that member is live or has
 * fleets. What stands inside stays the host's.
 *
 * @element spaces-avatar
 * @attr user-id - The member.
 * @attr data-ring - Set by us: `live`, `unseen` or `seen`.
 * @csspart ring - The ring.
 * @csspart mark - The three bars of somebody who is live.
 */

import type { RingState } from '../core/types';
import { createRings, type Rings } from '../live/rings';
import { pageDeps } from './context';

let rings: Rings | undefined;

/** One for all avatars of the page. */
function shared(): Rings {
  if (!rings) {
    const made = createRings(pageDeps().api, requestAnimationFrame);
    // Of what ended we hear twice: at once, and when it is our turn to ask.
    pageDeps().strip.onNews((_, areOver) => areOver || made.refresh());
    rings = made;
  }
  return rings;
}

export class SpacesAvatar extends HTMLElement {
  static observedAttributes = ['user-id'];

  private stop: (() => void) | undefined;
  private word: HTMLElement | undefined;

  connectedCallback(): void {
    this.attributeChangedCallback();
  }

  disconnectedCallback(): void {
    this.stop?.();
    this.stop = undefined;
  }

  attributeChangedCallback(): void {
    this.stop?.();
    const user_id = this.getAttribute('user-id');
    // Whoever is signed out is shown no rings.
    this.stop = this.isConnected && user_id && pageDeps().config.me ? shared().follow(user_id, this.show) : undefined;
  }

  private show = (ring: RingState | null): void => {
    if (ring) this.dataset['ring'] = ring;
    else delete this.dataset['ring'];
    if (!this.word && !ring) return;
    this.word ??= this.draw();
    this.word.textContent = ring ? pageDeps().words.rings[ring] : '';
  };

  /** The style sheet of the page draws the parts, so that the host's policy has nothing to allow. */
  private draw(): HTMLElement {
    const root = this.attachShadow({ mode: 'open' });
    root.innerHTML = '<slot></slot><i part="ring"></i><i part="mark"></i><span part="word"></span>';
    return root.querySelector('span')!;
  }
}
