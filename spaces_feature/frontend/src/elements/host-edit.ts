/**
 * `<spaces-edit-sheet>`: what may be changed while the Space is live.
 *
 * @element spaces-edit-sheet
 */

import { html, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { Edit, Speak } from '../core/types';
import own from '../styles/host-sheet.css?inline';
import sheet from '../styles/sheet.css?inline';
import { deps } from './context';
import { doing, tick } from './sheet-parts';
import { SideSheet } from './side-sheet';
import { styled } from './styles';

const LONGEST_TITLE = 70;
const SPEAK: Speak[] = ['everyone', 'following', 'invited'];

export class SpacesEditSheet extends SideSheet {
  static override styles = styled(sheet, own);

  /** What was changed here; the rest follows the Space. */
  @state() private changes: Pick<Edit, 'title' | 'speak'> = {};
  @state() private isWrong = false;

  protected override content(): TemplateResult {
    const { words } = deps();
    const { hosting: w } = words;
    const { space, me } = this.snapshot;
    const title = this.changes.title ?? space.title;
    const chosen = this.changes.speak ?? space.speak;
    return html`<div class="head">
        ${this.heading(w.editTitle)}
        <p class="soft">${w.editNote}</p>
      </div>
      <form class="scroll" id="edit" @submit=${this.save}>
        <label class="field">
          <span>${w.title} <i class="num">${[...title].length} / ${LONGEST_TITLE}</i></span>
          <input
            type="text"
            dir="auto"
            autocomplete="off"
            .value=${title}
            aria-invalid=${String(this.isWrong)}
            aria-describedby="wrong"
            @input=${this.write}
          />
        </label>
        <p class="wrong" id="wrong" role="alert">${this.isWrong ? this.wrong(title) : ''}</p>
        <fieldset class="picks">
          <legend>${w.whoMayAsk}</legend>
          ${SPEAK.map((speak) => {
            const [name, line] = w.mayAsk[speak];
            const label = speak === 'following' && me.role === 'host' ? w.youFollowThem : name;
            return tick('radio', 'speak', speak, chosen === speak, html`<b>${label}</b><small>${line}</small>`, () =>
              (this.changes = { ...this.changes, speak }),
            );
          })}
        </fieldset>
      </form>
      <div class="foot">
        ${this.trouble()}
        <div class="pair">
          ${doing('cancel', words.cancel, 'tall', false, this.close)}
          ${doing('save', w.save, 'primary tall', this.busy.has('save'), () => void this.save())}
        </div>
      </div>`;
  }

  private write = (event: Event): void => {
    this.changes = { ...this.changes, title: (event.target as HTMLInputElement).value };
    this.isWrong = false;
  };

  /** Why the title does not do; empty when it does. */
  private wrong(title: string): string {
    const { words } = deps();
    if (!title.trim()) return words.createTitleMissing;
    return [...title.trim()].length > LONGEST_TITLE ? words.createTitleLong : '';
  }

  private save = async (event?: Event): Promise<void> => {
    event?.preventDefault();
    const { space } = this.snapshot;
    const title = this.changes.title?.trim();
    this.isWrong = title !== undefined && this.wrong(title) !== '';
    if (this.isWrong) {
      this.renderRoot.querySelector<HTMLElement>('input[type="text"]')?.focus();
      return;
    }
    const edit: Edit = {};
    if (title !== undefined && title !== space.title) edit.title = title;
    if (this.changes.speak !== undefined && this.changes.speak !== space.speak) edit.speak = this.changes.speak;
    const isNothing = Object.keys(edit).length === 0;
    if (isNothing || (await this.run('save', (session) => session.edit(edit), deps().words.hosting.isSaved))) this.close();
  };
}
