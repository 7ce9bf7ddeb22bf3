/**
 * `<spaces-replay-chapters>`: a host writes down where chapters begin and what they are called.
 *
 * @element spaces-replay-chapters
 * @csspart button - Each button.
 * @fires spaces-save - The chapters as they are to be; `detail` is a list of `{at_s, title}`.
 * @fires spaces-close - It wants to go away.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Problem } from '../../core/types';
import { LONGEST_TITLE, MOST_CHAPTERS, chaptersOf, type Draft, type DraftTrouble } from '../../replay/chapters';
import type { Recording } from '../../replay/recording';
import { replayWords as words } from '../../replay/words';
import sheet from '../../styles/replay-menu.css?inline';
import dialogSheet from '../../styles/dialog.css?inline';
import { defineOnce } from '../context';
import { problemLine } from '../room/dock-parts';
import { icon } from '../icons';
import { button } from './replay-icons';
import { styled } from '../styles';
import { clock } from '../time';

class SpacesReplayChapters extends LitElement {
  static override styles = styled(dialogSheet, sheet);

  @property({ attribute: false }) recording!: Recording;
  @property({ type: Number }) at_s = 0;
  @property({ attribute: false }) problem: Problem | null = null;
  @property({ type: Boolean }) busy = false;
  @state() private drafts: Draft[] | null = null;
  /** Told once somebody tried to save. */
  @state() private troubles: ReadonlyMap<number, DraftTrouble> = new Map();
  /** Where the playhead was when the sheet opened: it goes on meanwhile. */
  private begin_s = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.begin_s = Math.floor(this.at_s);
    this.drafts = this.recording.chapters.map(({ at_s, title }) => ({ at: clock(Math.floor(at_s)), title }));
    if (!this.drafts.length) this.drafts = [{ at: clock(0), title: '' }];
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  protected override render(): TemplateResult {
    const drafts = this.drafts ?? [];
    return html`<form @submit=${this.save} novalidate>
      <div class="scroll">
        <div class="top">
          <h2 class="title" tabindex="-1" autofocus>${words.chapters}</h2>
          <button class="button bare round close" part="button" type="button" aria-label=${words.close} @click=${this.close}>${icon('x')}</button>
        </div>
        <p class="soft">${words.chaptersLine}</p>
        <ol class="drafts" role="list">
          ${drafts.map((draft, place) => this.line(draft, place))}
        </ol>
        ${drafts.length < MOST_CHAPTERS
          ? html`<button class="button" part="button" type="button" data-action="add" @click=${this.add}>${icon('plus')}${words.addChapterAt(this.begin_s)}</button>`
          : nothing}
        ${this.problem ? problemLine(this.problem) : nothing}
      </div>
      <div class="foot pair">
        ${button('cancel', words.cancel, 'tall', false, this.close)}
        ${button('save', words.save, 'primary tall', this.busy, null)}
      </div>
    </form>`;
  }

  private line({ at, title }: Draft, place: number): TemplateResult {
    const trouble = this.troubles.get(place);
    const change = (part: Partial<Draft>) => (this.drafts = (this.drafts ?? []).map((draft, index) => (index === place ? { ...draft, ...part } : draft)));
    const wrong = (...kinds: DraftTrouble[]) => (trouble && kinds.includes(trouble) ? 'true' : nothing);
    return html`<li class="draft">
      <input
        class="num at"
        inputmode="text"
        aria-label=${words.chapterAt}
        aria-invalid=${wrong('time', 'late', 'same')}
        aria-describedby=${trouble ? `trouble-${place}` : nothing}
        maxlength="8"
        .value=${at}
        @input=${(event: Event) => change({ at: (event.target as HTMLInputElement).value })}
      />
      <input
        aria-label=${words.chapterTitle}
        aria-invalid=${wrong('title')}
        placeholder=${words.chapterTitle}
        dir="auto"
        maxlength=${LONGEST_TITLE}
        .value=${title}
        @input=${(event: Event) => change({ title: (event.target as HTMLInputElement).value })}
      />
      <button class="button bare round" part="button" type="button" aria-label=${words.dropChapter(title)} @click=${() => this.drop(place)}>${icon('x')}</button>
      ${trouble ? html`<small class="wrong" id=${`trouble-${place}`} role="alert">${words.chapterTrouble[trouble]}</small>` : nothing}
    </li>`;
  }

  private add = async (): Promise<void> => {
    this.drafts = [...(this.drafts ?? []), { at: clock(this.begin_s), title: '' }];
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('.draft:last-child input:not(.at)')?.focus();
  };

  private async drop(place: number): Promise<void> {
    this.drafts = (this.drafts ?? []).filter((_, index) => index !== place);
    this.troubles = new Map();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[data-action=add]')?.focus();
  }

  private save = (event: Event): void => {
    event.preventDefault();
    if (this.busy) return;
    const { chapters, troubles } = chaptersOf(this.drafts ?? [], this.recording.duration_s);
    this.troubles = troubles;
    if (troubles.size) return;
    this.dispatchEvent(new CustomEvent('spaces-save', { detail: chapters }));
  };

  private close = (): void => {
    this.dispatchEvent(new Event('spaces-close'));
  };
}

defineOnce('spaces-replay-chapters', SpacesReplayChapters);
