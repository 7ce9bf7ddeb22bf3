/**
 * Inside of `<spaces-bell user-id level name>`: of which Spaces of one host the member wants to hear. Without `level` it is
 * fetched.
 *
 * @element spaces-bell-view
 * @fires spaces-bell - The level changed; `detail` is `{user_id, level}`. Bubbles.
 * @csspart button - The bell.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { planCalls } from '../core/plan-calls';
import type { BellLevel, Problem } from '../core/types';
import sheet from '../styles/plan.css?inline';
import { asProblem, deps } from './context';
import { problemLine } from './room/dock-parts';
import { icon, type IconName } from './icons';
import { focused, holdsFocus } from './modal';
import { styled } from './styles';

const LEVELS: BellLevel[] = ['all', 'scheduled', 'off'];
/** Pixels that the menu needs, and a host's bar at the foot of a phone. */
const ROOM = 280;
const MARKS: Record<BellLevel, IconName> = { all: 'bellOn', scheduled: 'bell', off: 'bellOff' };

export class SpacesBellView extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: 'user-id' }) userId = '';
  @property() level: BellLevel | '' = '';
  /** Whose bell it is, for the ear. */
  @property() name = '';

  @state() private isOpen = false;
  @state() private problem: Problem | null = null;
  @state() private busy: BellLevel | null = null;
  @query('.bell > .button') private opener!: HTMLButtonElement;
  private asked = '';

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('pointerdown', this.pressedElsewhere);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('pointerdown', this.pressedElsewhere);
  }

  protected override willUpdate(): void {
    if (this.level || !this.userId || this.asked === this.userId) return;
    const { userId } = this;
    this.asked = userId;
    planCalls(deps().api).bell(userId).then((level) => userId === this.userId && (this.level ||= level), () => undefined);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('isOpen') && this.isOpen) this.items().find(({ ariaChecked }) => ariaChecked === 'true')?.focus();
  }

  protected override render(): TemplateResult {
    const { plan } = deps().words;
    const level = this.level || 'off';
    const said = `${plan.bell(this.name)}: ${plan.bellLevels[level][0]}`;
    return html`<div class="bell" @keydown=${this.key} @focusout=${this.left}>
      <button
        class="button round ${level === 'off' ? '' : 'primary'}"
        part="button"
        type="button"
        data-action="bell"
        data-level=${level}
        aria-label=${said}
        aria-haspopup="menu"
        aria-expanded=${String(this.isOpen)}
        @click=${() => (this.isOpen = !this.isOpen)}
      >
        ${icon(MARKS[level])}
      </button>
      ${this.isOpen ? this.menu(level) : nothing}
    </div>`;
  }

  private menu(chosen: BellLevel): TemplateResult {
    const { plan } = deps().words;
    const box = this.getBoundingClientRect();
    const isAtStart = box.left + box.right < innerWidth;
    const isLow = box.bottom + ROOM > innerHeight && box.top > ROOM;
    return html`<div class="menu" role="menu" aria-label=${plan.bell(this.name)} data-side=${isAtStart ? 'left' : 'right'} ?data-above=${isLow}>
      ${LEVELS.map((level) => {
        const [title, line] = plan.bellLevels[level];
        return html`<button
          type="button"
          role="menuitemradio"
          tabindex="-1"
          data-level=${level}
          aria-checked=${String(level === chosen)}
          aria-busy=${String(this.busy === level)}
          @click=${() => void this.set(level)}
        >
          ${icon(MARKS[level])}<span><b>${title}</b><small>${line}</small></span>${level === chosen ? icon('check') : nothing}
        </button>`;
      })}
      ${this.problem ? problemLine(this.problem) : nothing}
    </div>`;
  }

  private async set(level: BellLevel): Promise<void> {
    if (this.busy) return;
    const { api, announce, words } = deps();
    this.busy = level;
    this.problem = null;
    try {
      this.level = await planCalls(api).setBell(this.userId, level);
      announce(words.plan.bellIs[this.level], true);
      this.close();
      const detail = { user_id: this.userId, level: this.level };
      this.dispatchEvent(new CustomEvent('spaces-bell', { detail, bubbles: true, composed: true }));
    } catch (error) {
      this.problem = asProblem(error);
      announce(this.problem.title, true);
    } finally {
      this.busy = null;
    }
  }

  private items(): HTMLElement[] {
    return [...this.renderRoot.querySelectorAll<HTMLElement>('[role="menuitemradio"]')];
  }

  private key = (event: KeyboardEvent): void => {
    if (!this.isOpen) return;
    const items = this.items();
    const at = items.indexOf(focused() as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Escape') this.close();
    else if (to === undefined) return;
    else items[to % items.length]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };

  private close(): void {
    const had = holdsFocus(this);
    this.isOpen = false;
    if (had) this.opener.focus();
  }

  private left = (event: FocusEvent): void => {
    if (event.relatedTarget && !this.renderRoot.contains(event.relatedTarget as Node)) this.isOpen = false;
  };

  private pressedElsewhere = (event: Event): void => {
    if (this.isOpen && !event.composedPath().includes(this)) this.isOpen = false;
  };
}
