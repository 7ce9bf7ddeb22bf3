/**
 * `<spaces-remove-sheet>`: what removing somebody does, before it is done, and why it is done.
 *
 * @element spaces-remove-sheet
 */

import { html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Report } from '../../core/report';
import type { Profile } from '../../core/types';
import own from '../../styles/host-sheet.css?inline';
import knob from '../../styles/switch.css?inline';
import sheet from '../../styles/sheet.css?inline';
import { deps } from '../context';
import { firstName } from '../monogram';
import { doing, tick } from '../sheet-parts';
import { SideSheet } from '../side-sheet';
import { styled } from '../styles';

const CATEGORIES = { over: 'other', harassment: 'harassment', spam: 'spam', other: 'other' } as const satisfies Record<
  string,
  Report['category']
>;

type Reason = keyof typeof CATEGORIES;

const MOST = 280;

export class SpacesRemoveSheet extends SideSheet {
  static override styles = styled(sheet, knob, own);

  @property({ attribute: false }) profile!: Profile;

  @state() private reason: Reason | null = null;
  @state() private said = '';
  @state() private reports = false;
  /** They are gone, only the report is still to be sent. */
  @state() private isDone = false;

  protected override content(): TemplateResult {
    const { words, config } = deps();
    const { hosting: w } = words;
    const name = this.name();
    const isBusy = this.busy.has('remove');
    return html`<div class="head">
        ${this.heading(w.removeTitle(name))}
        <p class="soft">${this.isDone ? w.removedUnreported(name) : w.removeConsequence(name, this.snapshot.me.role === 'host')}</p>
      </div>
      <div class="scroll">
        <fieldset class="picks">
          <legend>${w.reason(config.app_name)}</legend>
          ${(Object.keys(CATEGORIES) as Reason[]).map((reason) =>
            tick('radio', 'reason', reason, this.reason === reason, w.reasons[reason], () => (this.reason = reason)),
          )}
        </fieldset>
        ${this.reason === 'other'
          ? html`<label class="field">
              <span>${w.yourWords}</span>
              <textarea
                rows="2"
                maxlength=${MOST}
                placeholder=${w.yourWordsHint}
                .value=${this.said}
                @input=${(event: Event) => (this.said = (event.target as HTMLTextAreaElement).value)}
              ></textarea>
            </label>`
          : nothing}
        ${this.profile.user_id.startsWith('anonymous:')
          ? nothing
          : tick('checkbox', 'report', '1', this.reports, w.reportToo(config.app_name), (on) => (this.reports = on))}
      </div>
      <div class="foot">
        ${this.trouble()}
        <div class="pair">
          ${doing('keep', this.isDone ? words.dismiss : w.keep, 'tall', false, this.close)}
          ${this.isDone
            ? doing('report', w.sendReport, 'primary tall', this.busy.has('report'), () => void this.sendReport())
            : doing('remove', w.removeShort, 'danger tall', isBusy, () => void this.sendAway())}
        </div>
      </div>`;
  }

  /** Anonymous people are told apart by the number in their name. */
  private name(): string {
    return this.profile.user_id.startsWith('anonymous:') ? this.profile.name : firstName(this.profile);
  }

  /** What the list of removed people shows. */
  private words(): string {
    if (!this.reason) return '';
    const { reasons } = deps().words.hosting;
    return this.reason === 'other' ? this.said.trim() || reasons.other : reasons[this.reason];
  }

  /** The person goes first; the report can wait, and be tried again by itself. */
  private async sendAway(): Promise<void> {
    const { user_id } = this.profile;
    const said = deps().words.hosting.isRemoved(this.name());
    if (!(await this.run('remove', (session) => session.remove(user_id, this.words()), said))) return;
    if (!this.reports) return this.close();
    await this.sendReport();
  }

  private async sendReport(): Promise<void> {
    const words = this.words();
    const report: Report = {
      user_id: this.profile.user_id,
      category: this.reason ? CATEGORIES[this.reason] : 'other',
      ...(words ? { words } : {}),
    };
    const { id } = this.snapshot.space;
    if (await this.run('report', () => deps().api.report(id, report))) this.close();
    else this.isDone = true;
  }
}
