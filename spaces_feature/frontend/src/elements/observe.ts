/** A Lit controller that redraws its element when a store changes. */

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Store } from '../core/types';

export class Observe<T> implements ReactiveController {
  private stop: (() => void) | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly store: Store<T>,
  ) {
    host.addController(this);
  }

  get value(): T {
    return this.store.get();
  }

  hostConnected(): void {
    this.stop = this.store.subscribe(() => this.host.requestUpdate());
    this.host.requestUpdate();
  }

  hostDisconnected(): void {
    this.stop?.();
  }
}
