/**
 * `<spaces-pin-sheet>`: the member's own posts, to be pinned beside the Space.
 *
 * @element spaces-pin-sheet
 */

import { html, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { planCalls } from '../../core/plan-calls';
import type { Card, Problem } from '../../core/types';
import own from '../../styles/host-sheet.css?inline';
import posts from '../../styles/pins.css?inline';
import sheet from '../../styles/sheet.css?inline';
import { ago } from '../ago';
import { asProblem, deps } from '../context';
import { problemLine } from '../room/dock-parts';
import { doing } from '../sheet-parts';
import { SideSheet } from '../side-sheet';
import { styled } from '../styles';

const MOST = 3;

export class SpacesPinSheet extends SideSheet {
  static override styles = styled(sheet, own, posts);

  @state() private cards: Card[] | null = null;
  @state() private failure: Problem | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.ask();
  }

  protected override content(): TemplateResult {
    const { words } = deps();
    const { plan, hosting } = words;
    const { cards, failure } = this;
    return html`<div class="head">
        ${this.heading(plan.pinTitle)}
        <p class="soft">${plan.pinIntro}</p>
      </div>
      <div class="scroll" aria-busy=${String(cards === null && !failure)}>
        ${this.trouble()}
        ${failure
          ? html`${problemLine(failure)} ${doing('again', words.tryAgain, '', false, () => void this.ask())}`
          : cards === null
            ? html`<p class="soft late">${hosting.loading}</p>`
            : cards.length
              ? html`<ul class="posts" role="list">
                  ${repeat(cards, ({ id }) => id, (card) => this.row(card))}
                </ul>`
              : html`<p class="soft">${plan.noPosts}</p>`}
      </div>`;
  }

  private row(card: Card): TemplateResult {
    const { words } = deps();
    const { plan } = words;
    const { card_ids } = this.snapshot.space;
    const isPinned = card_ids.includes(card.id);
    const label = isPinned ? plan.unpin : plan.pinShort;
    const act = () => (isPinned ? this.change(card, false) : card_ids.length < MOST ? this.change(card, true) : this.full());
    return html`<li data-card=${card.id}>
      <p><span dir="auto">${card.text}</span><small>${ago(card.at, words.hosting)}</small></p>
      ${doing(isPinned ? 'unpin' : 'pin', label, isPinned ? 'outline' : '', this.busy.has(card.id), () => void act(), `${label}: ${card.text}`)}
    </li>`;
  }

  private full(): void {
    this.problem = { status: 409, code: 'too_many_cards', title: deps().words.plan.pinsAreFull, detail: '' };
    deps().announce(this.problem.title, true);
  }

  private change(card: Card, isPinned: boolean): Promise<boolean> {
    const { api, take, words } = deps();
    const calls = planCalls(api);
    const { id } = this.snapshot.space;
    const send = async () => take(await (isPinned ? calls.pin(id, card.id) : calls.unpin(id, card.id)));
    return this.run(card.id, send, isPinned ? words.plan.isPinned : words.plan.isUnpinned);
  }

  private async ask(): Promise<void> {
    this.failure = null;
    try {
      this.cards = await planCalls(deps().api).ownCards();
    } catch (error) {
      this.failure = asProblem(error);
    }
  }
}
