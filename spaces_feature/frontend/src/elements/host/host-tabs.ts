/** The tabs by which the host runs the Space: one tab stop, arrows inside. */

import { html, type TemplateResult } from 'lit';
import type { Snapshot } from '../../core/types';
import { deps } from '../context';

const ORDER = ['requests', 'stage', 'audience'] as const;

export type Tab = (typeof ORDER)[number];

export function hostTabs(chosen: Tab, snapshot: Snapshot, choose: (tab: Tab) => void): TemplateResult {
  const { words } = deps();
  const labels: Record<Tab, string> = {
    requests: words.requestsTab(snapshot.requests.length),
    stage: words.stageTab(snapshot.stage.length),
    audience: words.audienceTab,
  };
  const move = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const list = event.currentTarget as HTMLElement;
    const forward = list.matches(':dir(rtl)') ? 'ArrowLeft' : 'ArrowRight';
    const at = (ORDER.indexOf(chosen) + (event.key === forward ? 1 : ORDER.length - 1)) % ORDER.length;
    choose(ORDER[at] ?? chosen);
    list.querySelectorAll('button')[at]?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${words.hostTabs} @keydown=${move}>
    ${ORDER.map(
      (tab) =>
        html`<button
          class="num"
          type="button"
          role="tab"
          id="tab-${tab}"
          aria-controls="tab-panel"
          aria-selected=${String(chosen === tab)}
          tabindex=${chosen === tab ? 0 : -1}
          @click=${() => choose(tab)}
        >
          ${labels[tab]}
        </button>`,
    )}
  </div>`;
}
