/** Calls back whenever the element comes into sight: `<i ${seen(() => more())}></i>`. */

import { noChange } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import type { ElementPart } from 'lit/directive.js';

class Seen extends AsyncDirective {
  private element: Element | undefined;
  private callback: () => void = () => undefined;
  private readonly watcher = new IntersectionObserver((entries) => {
    if (entries.some(({ isIntersecting }) => isIntersecting)) this.callback();
  });

  override render(_callback: () => void): unknown {
    return noChange;
  }

  override update({ element }: ElementPart, [callback]: [() => void]): unknown {
    this.callback = callback;
    if (!this.element) this.watcher.observe(element);
    this.element = element;
    return noChange;
  }

  protected override disconnected(): void {
    this.watcher.disconnect();
  }

  protected override reconnected(): void {
    if (this.element) this.watcher.observe(this.element);
  }
}

export const seen = directive(Seen);
