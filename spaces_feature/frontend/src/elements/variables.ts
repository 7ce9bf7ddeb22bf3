/**
 * Custom properties on an element: `<i ${variables({'--level': 1})}>`. Lit's own `styleMap` writes a style attribute the
 * first time, which a strict CSP refuses.
 */

import { noChange } from 'lit';
import { Directive, directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';

class Variables extends Directive {
  private readonly drawn = new Map<string, number>();

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error('variables() stands in an element, not in an attribute');
  }

  override render(_values: Record<string, number>): unknown {
    return noChange;
  }

  override update(part: ElementPart, [values]: [Record<string, number>]): unknown {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(values)) {
      if (this.drawn.get(name) === value) continue;
      this.drawn.set(name, value);
      style.setProperty(name, String(value));
    }
    return noChange;
  }
}

export const variables = directive(Variables);
