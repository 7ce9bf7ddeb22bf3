/**
 * `<spaces-side-sheet>`: one sheet of the room. Beside the room without a scrim, so that work goes on; from below when
 * narrow.
 *
 * @element spaces-side-sheet
 * @fires spaces-close - It wants to go away.
 * @fires spaces-problem - A command was refused; `detail` is the Problem.
 */

import { LitElement, html, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Problem, Seat, Snapshot } from '../core/types';
import sheet from '../styles/sheet.css?inline';
import { attempt, deps } from './context';
import { icon } from './icons';
import { isOutside, narrow, present } from './modal';
import { endSheet, seatSheet, soundSheet, type Devices } from './sheets';
import { popOut } from './sharing';
import { styled } from './styles';

export type Sheet = { kind: 'end' } | { kind: 'seat'; seat: Seat } | { kind: 'sound' };

export class SpacesSideSheet extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) shown!: Sheet;
  @property({ attribute: false }) snapshot!: Snapshot;
  @property({ type: Number }) volume = 1;

  @state() private devices: Devices | null = null;
  @state() private busy = false;
  @query('dialog') private dialog!: HTMLDialogElement;

  override connectedCallback(): void {
    super.connectedCallback();
    narrow.addEventListener('change', this.fit);
    if (this.shown.kind === 'sound') void attempt(async (session) => (this.devices = await session.devices()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    narrow.removeEventListener('change', this.fit);
  }

  protected override updated(): void {
    this.fit();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="sheet-title" @cancel=${this.cancel} @keydown=${this.escape} @click=${this.press}>
      <span class="grip"></span>
      <button class="button bare round close" part="button" type="button" aria-label=${deps().words.dismiss} @click=${this.close}>
        ${icon('x')}
      </button>
      ${this.content()}
    </dialog>`;
  }

  private content(): TemplateResult {
    const { shown, snapshot } = this;
    switch (shown.kind) {
      case 'end':
        return endSheet(snapshot, this.close, () => void this.settle(attempt((session) => session.end())), this.busy);
      case 'seat':
        return seatSheet(shown.seat, snapshot, () =>
          void this.settle(attempt((session) => session.moveToAudience(shown.seat.user_id))),
        );
      case 'sound':
        return soundSheet(
          this.volume,
          this.devices,
          (volume) => void attempt(async (session) => session.setVolume(volume)),
          (kind, id) => void this.tell(attempt((session) => session.chooseDevice(kind, id))),
          () => {
            popOut(snapshot.space);
            this.close();
          },
        );
    }
  }

  /** The room shows what was refused, so the sheet goes either way. */
  private async settle(result: Promise<Problem | null>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.tell(result);
    this.busy = false;
    this.close();
  }

  private async tell(result: Promise<Problem | null>): Promise<void> {
    const problem = await result;
    if (problem) this.dispatchEvent(new CustomEvent('spaces-problem', { detail: problem }));
  }

  private close = (): void => {
    this.dispatchEvent(new Event('spaces-close'));
  };

  private cancel = (event: Event): void => {
    event.preventDefault();
    this.close();
  };

  private escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.close();
  };

  private press = (event: MouseEvent): void => {
    if (isOutside(this.dialog, event)) this.close();
  };

  private fit = (): void => {
    if (this.isConnected && this.hasUpdated) present(this.dialog, narrow.matches);
  };
}
