/**
 * `<spaces-warning>`: staff's words to this member, in the middle of everything until they are read.
 *
 * @element spaces-warning
 * @fires spaces-close - The words were read.
 * @csspart button - The way on.
 */

import { LitElement, html, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import dialogSheet from '../styles/dialog.css?inline';
import sheet from '../styles/warning.css?inline';
import { deps } from './context';
import { icon } from './icons';
import { styled } from './styles';

export class SpacesWarning extends LitElement {
  static override styles = styled(dialogSheet, sheet);

  @property() words = '';
  @query('dialog') private dialog!: HTMLDialogElement;

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  protected override updated(): void {
    const { words, config, announce } = deps();
    announce(`${words.warnedTitle(config.app_name)}. ${this.words}`, true);
  }

  protected override render(): TemplateResult {
    const { words, config } = deps();
    return html`<dialog role="alertdialog" aria-labelledby="title" aria-describedby="words" @close=${this.read}>
      <span class="grip"></span>
      <div class="scroll">
        <span class="badge warn" part="badge">${icon('warning')} ${words.warnedTag}</span>
        <h2 class="title" id="title">${words.warnedTitle(config.app_name)}</h2>
        <p id="words" dir="auto">${this.words}</p>
      </div>
      <div class="foot">
        <button class="button primary tall wide" part="button" type="button" autofocus @click=${() => this.dialog.close()}>
          ${words.understood}
        </button>
      </div>
    </dialog>`;
  }

  private read = (): void => {
    this.dispatchEvent(new Event('spaces-close'));
  };
}
