/** Says once, at the very first join, that followers may see what one listens to, and takes one tap to turn it off. */

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { html, nothing, type TemplateResult } from 'lit';
import { deps } from './context';

/** Kept by this browser for each member: it was said. */
const key = () => `spaces.sharing-told.${deps().config.me?.user_id ?? ''}`;

function isTold(): boolean {
  try {
    return localStorage.getItem(key()) !== null;
  } catch {
    // Where nothing may be kept, it is said each time.
    return false;
  }
}

export class SharingNote implements ReactiveController {
  /** Null: told before, or not known. */
  private shares: boolean | null = null;
  private isBusy = false;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    if (isTold()) return;
    const { api } = deps();
    // Who turned it off before needs no telling; without an answer it is told another time.
    api.me().then(
      ({ shares_listening }) => shares_listening && this.set(true),
      () => undefined,
    );
  }

  /** The member goes in, so they have seen it. */
  keep(): void {
    if (this.shares === null) return;
    try {
      localStorage.setItem(key(), '1');
    } catch {
      // Then it is said again.
    }
  }

  render(): TemplateResult | typeof nothing {
    const { words } = deps();
    if (this.shares === null) return nothing;
    return html`<p class="note sharing">
      <span role="status">${this.shares ? words.followersSee : words.followersDoNotSee}</span>
      <button class="link" type="button" data-action="sharing" aria-disabled=${String(this.isBusy)} @click=${this.turn}>
        ${this.shares ? words.turnOff : words.turnOn}
      </button>
    </p>`;
  }

  private set(shares: boolean): void {
    this.shares = shares;
    this.host.requestUpdate();
  }

  private turn = async (): Promise<void> => {
    if (this.isBusy) return;
    const wanted = !this.shares;
    this.isBusy = true;
    this.host.requestUpdate();
    try {
      await deps().api.updateMe({ shares_listening: wanted });
      this.shares = wanted;
    } catch {
      deps().announce(deps().words.unclear, true);
    }
    this.isBusy = false;
    this.host.requestUpdate();
  };
}
