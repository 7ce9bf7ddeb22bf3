/**
 * Inside of `<spaces-reminder space-id has-reminder is-early>`: be told when a Space starts, and ten minutes before if wanted.
 * With `compact` it is one round button.
 *
 * @element spaces-reminder-view
 * @fires spaces-reminder - The reminder changed; `detail` is `{space_id, reminder}`. Bubbles.
 * @csspart button - The button.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { REMINDED, reminded, type Reminded } from '../core/reminded';
import type { Problem, Snapshot } from '../core/types';
import knob from '../styles/switch.css?inline';
import sheet from '../styles/plan.css?inline';
import { asProblem, deps } from './context';
import { problemLine } from './room/dock-parts';
import { icon } from './icons';
import { styled } from './styles';

export class SpacesReminderView extends LitElement {
  static override styles = styled(knob, sheet);

  @property({ attribute: 'space-id' }) spaceId = '';
  @property({ type: Boolean, attribute: 'has-reminder' }) hasReminder = false;
  @property({ type: Boolean, attribute: 'is-early' }) isEarly = false;
  /** What the Space is called, for the ear. */
  @property() about = '';
  @property({ type: Boolean }) compact = false;

  @state() private problem: Problem | null = null;
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener(REMINDED, this.hear);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener(REMINDED, this.hear);
  }

  protected override render(): TemplateResult {
    const { plan } = deps().words;
    const isOn = this.hasReminder;
    const label = isOn ? plan.reminded : plan.remind;
    const said = [label, this.about].filter(Boolean).join(': ');
    return html`<div class="reminder">
      <button
        class="button ${isOn ? 'primary' : this.compact ? '' : 'outline'} ${this.compact ? 'round' : 'tall'}"
        part="button"
        type="button"
        data-action="remind"
        aria-pressed=${String(isOn)}
        aria-label=${this.compact || this.about ? said : nothing}
        aria-busy=${String(this.busy)}
        aria-disabled=${String(this.busy)}
        @click=${() => void this.turn(!isOn, this.isEarly)}
      >
        ${icon(isOn ? 'bellOn' : 'bell')}${this.compact ? nothing : label}
      </button>
      ${isOn && !this.compact
        ? html`<label class="toggle early">
            <span>${plan.remindEarly}</span>
            <input
              type="checkbox"
              role="switch"
              .checked=${this.isEarly}
              @change=${(event: Event) => void this.turn(true, (event.target as HTMLInputElement).checked)}
            />
          </label>`
        : nothing}
      ${this.problem ? problemLine(this.problem) : nothing}
    </div>`;
  }

  private async turn(isOn: boolean, isEarly: boolean): Promise<void> {
    if (this.busy) return;
    const { api, take, announce, words } = deps();
    this.busy = true;
    this.problem = null;
    try {
      const snapshot: Snapshot = await (isOn ? api.remind(this.spaceId, isEarly) : api.forgetReminder(this.spaceId));
      const { reminder = null } = snapshot.me;
      this.show(reminder);
      take(snapshot);
      announce(isOn ? words.plan.isReminded : words.plan.isUnreminded, true);
      this.dispatchEvent(reminded(this.spaceId, reminder));
    } catch (error) {
      this.problem = asProblem(error);
      announce(this.problem.title, true);
      // The switch shows what holds, not what was wished.
      const knob = this.renderRoot.querySelector('input');
      if (knob) knob.checked = this.isEarly;
    } finally {
      this.busy = false;
    }
  }

  /** The same Space may stand in the page twice. */
  private hear = ({ detail }: CustomEvent<Reminded>): void => {
    if (detail.space_id === this.spaceId) this.show(detail.reminder);
  };

  private show(reminder: Reminded['reminder']): void {
    this.hasReminder = reminder !== null;
    this.isEarly = reminder?.is_early ?? false;
  }
}
