/**
 * `<spaces-edit-sheet>`: what may be changed while the Space is live.
 *
 * @element spaces-edit-sheet
 */

import { html, nothing, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { Audience, Edit, Speak } from '../../core/types';
import covers from '../../styles/cover.css?inline';
import own from '../../styles/host-sheet.css?inline';
import sheet from '../../styles/sheet.css?inline';
import knob from '../../styles/switch.css?inline';
import { deps } from '../context';
import { coverField } from '../create/create-fields';
import { doing, tick } from '../sheet-parts';
import { SideSheet } from '../side-sheet';
import { styled } from '../styles';

const LONGEST_TITLE = 70;
const AUDIENCE: Audience[] = ['everyone', 'followers', 'following', 'invited'];
const SPEAK: Speak[] = ['everyone', 'following', 'invited'];

export class SpacesEditSheet extends SideSheet {
  static override styles = styled(sheet, own, knob, covers);

  /** What was changed here; the rest follows the Space. */
  @state() private changes: Edit = {};
  @state() private isWrong = false;

  protected override content(): TemplateResult {
    const { words, config } = deps();
    const { hosting: w } = words;
    const { space, me } = this.snapshot;
    const title = this.changes.title ?? space.title;
    const chosen = this.changes.speak ?? space.speak;
    const audience = this.changes.audience ?? space.audience;
    const isOwn = me.role === 'host';
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
            const label = speak === 'following' && isOwn ? w.youFollowThem : name;
            return tick('radio', 'speak', speak, chosen === speak, html`<b>${label}</b><small>${line}</small>`, () => this.change({ speak }));
          })}
        </fieldset>
        <fieldset class="picks">
          <legend>${words.plan.whoCanCome}</legend>
          ${AUDIENCE.map((one) =>
            tick('radio', 'audience', one, audience === one, html`<b>${w.mayCome[one][isOwn ? 0 : 1]}</b>`, () => this.change({ audience: one })),
          )}
        </fieldset>
        ${config.flags['spaces.guests'] && audience === 'everyone'
          ? tick('checkbox', 'guests', 'yes', this.changes.allows_guests ?? space.allows_guests, html`<b>${words.plan.guests}</b><br>${words.plan.guestsLine}`, (allows_guests) =>
              this.change({ allows_guests }),
            )
          : nothing}
        ${coverField(this.changes.cover ?? (space.cover || 'pine'), this.change)}
      </form>
      <div class="foot">
        ${this.trouble()}
        <div class="pair">
          ${doing('cancel', words.cancel, 'tall', false, this.close)}
          ${doing('save', w.save, 'primary tall', this.busy.has('save'), () => void this.save())}
        </div>
      </div>`;
  }

  private change = (change: Edit): void => {
    this.changes = { ...this.changes, ...change };
  };

  private write = (event: Event): void => {
    this.change({ title: (event.target as HTMLInputElement).value });
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
    const wanted: Edit = { ...this.changes, ...(title === undefined ? {} : { title }) };
    // Whoever is signed out comes to public Spaces only.
    if ((wanted.audience ?? space.audience) !== 'everyone') wanted.allows_guests = false;
    const isNew = ([key, value]: [string, unknown]) => value !== space[key as keyof Edit];
    const edit = Object.fromEntries(Object.entries(wanted).filter(isNew)) as Edit;
    const isNothing = Object.keys(edit).length === 0;
    if (isNothing || (await this.run('save', (session) => session.edit(edit), deps().words.hosting.isSaved))) this.close();
  };
}
