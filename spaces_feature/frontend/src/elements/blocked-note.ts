/**
 * `<spaces-blocked-note>`: a line in the room while somebody whom the member blocked is on stage. It can be put away, and
 * comes back for the next one. The narrator says it aloud.
 *
 * @element spaces-blocked-note
 * @csspart button - Puts the line away.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Seat } from '../core/types';
import sheet from '../styles/blocked-note.css?inline';
import { deps } from './context';
import { icon } from './icons';
import { firstName } from './monogram';
import { styled } from './styles';

/** Kept by the page: the room may be folded away and unfolded meanwhile. */
const putAway = new Set<string>();

export class SpacesBlockedNote extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) seats: Seat[] = [];
  @state() private dismissed = 0;

  private blocked: Seat[] = [];

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('seats')) return;
    this.blocked = this.seats.filter((seat) => seat.is_blocked_by_me);
    const here = new Set(this.blocked.map(({ user_id }) => user_id));
    for (const user_id of putAway) if (!here.has(user_id)) putAway.delete(user_id);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words } = deps();
    const shown = this.blocked.filter(({ user_id }) => !putAway.has(user_id));
    this.hidden = !shown.length;
    if (!shown.length) return nothing;
    const names = shown.map(({ profile }) => firstName(profile));
    return html`<p class="problem warn" role="note" data-dismissed=${this.dismissed}>
      ${icon('warning')}<span><b>${words.blockedSpeaker}</b> ${words.blockedLine(names)}</span>
      <button class="button bare round" part="button" type="button" aria-label=${words.dismiss} @click=${this.dismiss}>${icon('x')}</button>
    </p>`;
  }

  private dismiss = (): void => {
    for (const { user_id } of this.blocked) putAway.add(user_id);
    this.dismissed += 1;
  };
}
