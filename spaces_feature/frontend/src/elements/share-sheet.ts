/**
 * `<spaces-share-sheet>`: where a Space can be taken: its link, and places of the host app's own.
 *
 * @element spaces-share-sheet
 * @csspart button - Each button.
 */

import { LitElement, html, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import { waysWith } from '../core/host-links';
import type { Space } from '../core/types';
import dialogSheet from '../styles/dialog.css?inline';
import sheet from '../styles/share-sheet.css?inline';
import { defineOnce, deps } from './context';
import { icon } from './icons';
import { isOutside } from './modal';
import { linkFace, passLink } from './sharing';
import { choice } from './sheet-parts';
import { styled } from './styles';

type Shared = Pick<Space, 'id' | 'title'>;

class SpacesShareSheet extends LitElement {
  static override styles = styled(dialogSheet, sheet);

  @property({ attribute: false }) space!: Shared;
  /** Told, once the sheet is closed, whether the link lies in the clipboard now. */
  @property({ attribute: false }) done: (hasCopied: boolean) => void = () => undefined;
  /** Told when the member follows a link to elsewhere. */
  @property({ attribute: false }) leave: () => unknown = () => undefined;
  @query('dialog') private dialog!: HTMLDialogElement;

  private hasCopied = false;

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { words, config } = deps();
    return html`<dialog aria-labelledby="title" @close=${this.end} @click=${this.press}>
      <span class="grip"></span>
      <div class="scroll">
        <div class="top">
          <h2 class="title" id="title">${words.share}</h2>
          <button class="button bare round close" part="button" type="button" aria-label=${words.dismiss} @click=${this.close}>${icon('x')}</button>
        </div>
        <ul class="menu" role="list">
          ${choice({ name: 'link', ...linkFace(), press: () => void this.pass() })}
          ${waysWith(config.share_links, this.space.id).map(({ title, url }) => choice({ name: 'way', icon: 'pencil', title, url }))}
        </ul>
      </div>
    </dialog>`;
  }

  private async pass(): Promise<void> {
    this.hasCopied = await passLink(this.space);
    this.close();
  }

  private press = (event: MouseEvent): void => {
    const isLeaving = event.composedPath().some((part) => part instanceof HTMLAnchorElement);
    if (isLeaving) this.leave();
    if (isLeaving || isOutside(this.dialog, event)) this.close();
  };

  private close = (): void => this.dialog.close();

  private end = (): void => {
    this.remove();
    this.done(this.hasCopied);
  };
}

defineOnce('spaces-share-sheet', SpacesShareSheet);

/** Opens the sheet, in the place of one that is open. Resolves, once it is closed, to whether the link was copied. */
export function openShareSheet(space: Shared, leave: () => unknown): Promise<boolean> {
  for (const other of document.querySelectorAll('spaces-share-sheet')) other.remove();
  const opened = document.createElement('spaces-share-sheet') as SpacesShareSheet;
  opened.space = space;
  opened.leave = leave;
  return new Promise((resolve) => {
    opened.done = resolve;
    document.body.append(opened);
  });
}
