/**
 * `<spaces-report-sheet>`: tells the host app's team about a person or the Space. First who, unless that is known; then
 * what; then what happens next.
 *
 * @element spaces-report-sheet
 * @fires spaces-close - It wants to go away.
 * @csspart button - Each button.
 */

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { RecentSpeaker } from '../core/calls';
import { REPORT_CATEGORIES, type Report } from '../core/report';
import type { Profile } from '../core/types';
import reportCss from '../styles/report.css?inline';
import sheetCss from '../styles/sheet.css?inline';
import { deps } from './context';
import { face } from './face';
import { icon } from './icons';
import { SideSheet } from './side-sheet';
import { styled } from './styles';

/** Characters. */
const LONGEST = 1000;

/** Undefined: not chosen; null: the Space as a whole. */
type Subject = Profile | null | undefined;

export class SpacesReportSheet extends SideSheet {
  static override styles = styled(sheetCss, reportCss);

  /** Whom it is about, where that is known. */
  @property({ attribute: false }) profile: Profile | null = null;

  @state() private subject: Subject;
  @state() private category: Report['category'] | null = null;
  @state() private recent: RecentSpeaker[] = [];
  @state() private isUnpicked = false;
  @state() private isSent = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.subject = this.profile ?? undefined;
    if (!this.profile) void this.findRecent();
  }

  protected override content(): TemplateResult {
    if (this.isSent) return this.thanks();
    return this.subject === undefined ? this.whom() : this.what(this.subject);
  }

  /** Each step is read from its title on. */
  protected override updated(changed?: PropertyValues): void {
    super.updated();
    const steps: (string | number | symbol)[] = ['subject', 'isSent'];
    if (changed && this.hasUpdated && steps.some((step) => changed.has(step)))
      this.renderRoot.querySelector<HTMLElement>('#sheet-title')?.focus();
  }

  private whom(): TemplateResult {
    const { words } = deps();
    const people = this.people();
    return html`<div class="head">
        ${this.heading(words.reportTitle)}
        <p class="soft">${words.reportWhom}</p>
      </div>
      <div class="scroll">
        <ul class="menu" role="list">
          ${people.map(
            ({ profile, isOnStage }) => html`<li>
              <button class="choice" type="button" data-user=${profile.user_id} @click=${() => (this.subject = profile)}>
                ${face(profile, 46)}
                <span><b dir="auto">${profile.name}</b><small>${isOnStage ? words.onStageNow : words.spokeLately}</small></span>
              </button>
            </li>`,
          )}
          <li>
            <button class="choice" type="button" data-action="reportSpace" @click=${() => (this.subject = null)}>
              <span class="mark">${icon('broadcast')}</span>
              <span><b>${words.reportSpace}</b><small dir="auto">${this.snapshot.space.title}</small></span>
            </button>
          </li>
        </ul>
      </div>`;
  }

  private what(subject: Profile | null): TemplateResult {
    const { words } = deps();
    return html`<div class="head person">
        ${subject ? face(subject, 46) : html`<span class="mark">${icon('broadcast')}</span>`}
        <div>
          ${this.heading(subject ? words.reportPerson(subject.name) : words.reportSpaceTitle)}
          <p class="soft" dir="auto">${subject ? words.reportPrivate : this.snapshot.space.title}</p>
        </div>
      </div>
      <form class="scroll" id="report" novalidate @submit=${this.send}>
        <fieldset>
          <legend>${words.reportWhat}</legend>
          ${REPORT_CATEGORIES.map(
            (category) => html`<label class="radio">
              <input
                type="radio"
                name="category"
                value=${category}
                .checked=${this.category === category}
                @change=${() => this.pick(category)}
              />
              <span>${words.categories[category]}</span>
            </label>`,
          )}
        </fieldset>
        <label class="field">
          <span>${words.reportMore}</span>
          <textarea class="text" id="words" name="words" rows="3" maxlength=${LONGEST} dir="auto"></textarea>
        </label>
      </form>
      <div class="foot">
        ${this.isUnpicked ? html`<p class="wrong" role="alert">${words.reportPick}</p>` : nothing} ${this.trouble()}
        <button
          class="button primary tall wide"
          part="button"
          type="submit"
          form="report"
          data-action="report"
          aria-disabled=${String(this.busy.has('report'))}
        >
          ${words.reportSend}
        </button>
      </div>`;
  }

  private thanks(): TemplateResult {
    const { words, config } = deps();
    return html`<div class="head">${this.heading(words.reportThanks)}</div>
      <div class="scroll">
        <p>${words.reportNext(config.app_name)}</p>
        <p class="soft">${words.reportAlso}</p>
      </div>
      <div class="foot">
        <button class="button primary tall wide" part="button" type="button" data-action="done" @click=${this.close}>
          ${words.done}
        </button>
      </div>`;
  }

  /** Who is on stage, then who spoke lately and left it; never oneself. */
  private people(): { profile: Profile; isOnStage: boolean }[] {
    const { stage, me } = this.snapshot;
    const seated = new Set(stage.map(({ user_id }) => user_id));
    return [
      ...stage.map(({ profile }) => ({ profile, isOnStage: true })),
      ...this.recent.filter(({ user_id }) => !seated.has(user_id)).map(({ profile }) => ({ profile, isOnStage: false })),
    ].filter(({ profile }) => profile.user_id !== me.user_id);
  }

  /** Without an answer the stage is still there to choose from. */
  private async findRecent(): Promise<void> {
    this.recent = await deps().api.recentSpeakers(this.snapshot.space.id).catch(() => []);
  }

  private pick(category: Report['category']): void {
    this.category = category;
    this.isUnpicked = false;
  }

  private send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const { category, subject } = this;
    if (!category) {
      this.isUnpicked = true;
      this.renderRoot.querySelector<HTMLElement>('input[type="radio"]')?.focus();
      return;
    }
    const words = this.renderRoot.querySelector('textarea')?.value.trim();
    const report: Report = { category, ...(subject ? { user_id: subject.user_id } : {}), ...(words ? { words } : {}) };
    this.isSent = await this.run('report', () => deps().api.report(this.snapshot.space.id, report));
  };
}
