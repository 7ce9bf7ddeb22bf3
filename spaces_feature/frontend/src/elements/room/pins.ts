/**
 * `<spaces-pins>`: the posts that a Space is about, in a row that scrolls. Draws nothing where there are none.
 *
 * @element spaces-pins
 * @csspart button - Unpin.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { planCalls } from '../../core/plan-calls';
import type { Card, Problem, Snapshot } from '../../core/types';
import sheet from '../../styles/pins.css?inline';
import { asProblem, deps } from '../context';
import { problemLine } from './dock-parts';
import { face } from '../face';
import { may } from '../host/host-rules';
import { icon } from '../icons';
import { styled } from '../styles';

export class SpacesPins extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) snapshot: Snapshot | null = null;

  @state() private cards: Card[] = [];
  @state() private problem: Problem | null = null;
  @state() private busy = '';
  /** Of which Space and posts `cards` are. */
  private known = '';

  protected override willUpdate(changed: PropertyValues): void {
    const space = this.snapshot?.space;
    if (!changed.has('snapshot') || !space) return;
    const wanted = [space.id, ...space.card_ids].join(' ');
    if (wanted === this.known) return;
    this.known = wanted;
    this.problem = null;
    if (space.card_ids.length) void this.fetch(space.id, wanted);
    else this.cards = [];
  }

  protected override render(): TemplateResult | typeof nothing {
    const { plan } = deps().words;
    const { cards, snapshot } = this;
    if (!cards.length || !snapshot) return nothing;
    const mayUnpin = may(snapshot, 'pin');
    return html`<section class="pins" aria-label=${plan.pinCount(cards.length)}>
      <ul role="list" data-count=${cards.length}>
        ${repeat(cards, ({ id }) => id, (card) => this.one(card, mayUnpin))}
      </ul>
      ${this.problem ? problemLine(this.problem) : nothing}
    </section>`;
  }

  private one(card: Card, mayUnpin: boolean): TemplateResult {
    const { plan } = deps().words;
    return html`<li data-card=${card.id}>
      ${face(card.author, 28)}
      <a href=${card.url}><b dir="auto">${card.author.name}</b><span dir="auto">${card.text}</span></a>
      ${mayUnpin
        ? html`<button
            class="button bare round"
            part="button"
            type="button"
            data-action="unpin"
            aria-label=${plan.unpinOf(card.author.name)}
            aria-busy=${String(this.busy === card.id)}
            @click=${() => void this.unpin(card.id)}
          >
            ${icon('pinOff')}
          </button>`
        : nothing}
    </li>`;
  }

  /** What comes late for posts that have changed since is dropped. */
  private async fetch(space_id: string, wanted: string): Promise<void> {
    try {
      const cards = await planCalls(deps().api).pins(space_id);
      if (wanted === this.known) this.cards = cards;
    } catch {
      // A talk goes on without its posts; the next change asks again.
      if (wanted === this.known) this.known = '';
    }
  }

  private async unpin(card_id: string): Promise<void> {
    if (this.busy || !this.snapshot) return;
    const { api, take, announce, words } = deps();
    this.busy = card_id;
    this.problem = null;
    try {
      take(await planCalls(api).unpin(this.snapshot.space.id, card_id));
      announce(words.plan.isUnpinned);
    } catch (error) {
      this.problem = asProblem(error);
    } finally {
      this.busy = '';
    }
  }
}
