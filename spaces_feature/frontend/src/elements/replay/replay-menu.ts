/**
 * `<spaces-replay-menu>`: what may be done with a recording, by those who may: its beginning, chapters, a file of it, its
 * end; and for everybody who is heard in it, their own voice.
 *
 * @element spaces-replay-menu
 * @csspart button - Each button.
 * @fires spaces-trimmed - The replay begins elsewhere now; `detail` is `{before_s, now_s, said}`, seconds cut off.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Problem } from '../../core/types';
import { fileOf, save } from '../../replay/download';
import { house } from '../../replay/house';
import type { Recording } from '../../replay/recording';
import { replayWords as words } from '../../replay/words';
import dialogSheet from '../../styles/dialog.css?inline';
import shareSheet from '../../styles/share-sheet.css?inline';
import sheet from '../../styles/replay-menu.css?inline';
import { asProblem, pageDeps } from '../context';
import { problemLine } from '../room/dock-parts';
import { icon } from '../icons';
import { isOutside } from '../modal';
import { button, replayIcon, type ReplayIcon } from './replay-icons';
import { styled } from '../styles';
import './replay-chapters';

type View = 'menu' | 'chapters' | 'remove' | 'withdraw';

export interface Trimmed {
  before_s: number;
  now_s: number;
  said: string;
}

export class SpacesReplayMenu extends LitElement {
  static override styles = styled(dialogSheet, shareSheet, sheet);

  @property({ attribute: false }) recording!: Recording;
  @property({ type: Number }) at_s = 0;
  @state() private view: View | null = null;
  @state() private busy = '';
  @state() private problem: Problem | null = null;
  @query('dialog') private dialog?: HTMLDialogElement;

  open(): void {
    this.problem = null;
    this.view = 'menu';
  }

  /** Cuts off so many seconds of the whole; also takes that back. */
  async trim(starts_at_s: number): Promise<void> {
    const before_s = this.recording.starts_at_s;
    const fresh = await this.run('trim', () => house().calls.edit(this.recording.space_id, { starts_at_s }));
    if (!fresh) return;
    const now_s = fresh.starts_at_s;
    const said = now_s > before_s ? words.isTrimmed : words.isWhole;
    this.dispatchEvent(new CustomEvent<Trimmed>('spaces-trimmed', { detail: { before_s, now_s, said } }));
    this.close();
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('view') || !this.view) return;
    if (!this.dialog?.open) this.dialog?.showModal();
    // What was pressed is gone, and what took its place has the focus.
    else this.renderRoot.querySelector<HTMLElement>('#title')?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.view) return nothing;
    return html`<dialog aria-labelledby="title" @close=${this.end} @click=${this.press} data-view=${this.view}>
      <span class="grip"></span>
      ${this.view === 'menu' ? this.choices() : this.view === 'chapters' ? this.chapters() : this.question(this.view)}
    </dialog>`;
  }

  private choices(): TemplateResult {
    const { recording, at_s } = this;
    const { may, chapters, starts_at_s, space_id } = recording;
    const early = at_s < 1;
    const trim = () => void this.trim(starts_at_s + Math.floor(at_s));
    const whole = () => void this.trim(0);
    return html`<div class="scroll">
      ${this.top(words.more)}
      <ul class="menu" role="list">
        ${may.edit ? choice('trim', 'begin', words.startHere(at_s), early ? words.startHereOff : words.startHereLine, trim, { isOff: early, isBusy: this.busy === 'trim' }) : nothing}
        ${may.edit && starts_at_s >= 1 ? choice('whole', 'undo', words.wholeAgain, words.wholeAgainLine(starts_at_s), whole, { isBusy: this.busy === 'trim' }) : nothing}
        ${may.edit ? choice('chapters', 'chapters', chapters.length ? words.editChapters : words.addChapters, words.chaptersLine, () => (this.view = 'chapters')) : nothing}
        ${may.download
          ? choice('download', 'download', words.download, this.busy === 'download' ? words.downloading : words.downloadLine, () => void this.fetchFile(), { isBusy: this.busy === 'download' })
          : nothing}
        ${may.edit ? link('numbers', words.numbers, `${pageDeps().config.prefix}/${encodeURIComponent(space_id)}/numbers`) : nothing}
        ${may.withdraw ? choice('withdraw', 'voiceOut', words.withdraw, words.withdrawLine, () => (this.view = 'withdraw')) : nothing}
        ${may.delete ? choice('remove', 'trash', words.remove, words.removeLine, () => (this.view = 'remove'), { tone: 'danger' }) : nothing}
      </ul>
      ${this.trouble()}
    </div>`;
  }

  private chapters(): TemplateResult {
    return html`<spaces-replay-chapters
      exportparts="button"
      .recording=${this.recording}
      .at_s=${this.at_s}
      .problem=${this.problem}
      ?busy=${this.busy === 'chapters'}
      @spaces-close=${this.close}
      @spaces-save=${({ detail }: CustomEvent<Recording['chapters']>) => void this.save(detail)}
    ></spaces-replay-chapters>`;
  }

  private question(kind: 'remove' | 'withdraw'): TemplateResult {
    const isRemoval = kind === 'remove';
    return html`<div class="scroll">
        ${this.top(isRemoval ? words.removeQuestion : words.withdrawQuestion)}
        <p class="consequence">${isRemoval ? words.removeConsequence : words.withdrawConsequence}</p>
        ${isRemoval && this.recording.may.download ? html`<p class="consequence soft">${words.removeFirst}</p>` : nothing}
        ${this.trouble()}
      </div>
      <div class="foot pair">
        ${button('keep', words.keep, 'tall', false, this.close)}
        ${button(kind, isRemoval ? words.removeNow : words.withdrawNow, 'danger tall', this.busy === kind, () => void this.answer(kind))}
      </div>`;
  }

  private top(title: string): TemplateResult {
    return html`<div class="top">
      <h2 class="title" id="title" tabindex="-1" autofocus>${title}</h2>
      <button class="button bare round close" part="button" type="button" aria-label=${words.close} @click=${this.close}>${icon('x')}</button>
    </div>`;
  }

  private trouble(): TemplateResult | typeof nothing {
    return this.problem ? problemLine(this.problem) : nothing;
  }

  private async save(chapters: Recording['chapters']): Promise<void> {
    if (!(await this.run('chapters', () => house().calls.edit(this.recording.space_id, { chapters })))) return;
    pageDeps().announce(words.areSaved, true);
    this.close();
  }

  private async answer(kind: 'remove' | 'withdraw'): Promise<void> {
    const { calls } = house();
    const { space_id } = this.recording;
    const fresh = await this.run(kind, () => (kind === 'remove' ? calls.remove(space_id) : calls.withdraw(space_id)));
    if (!fresh) return;
    pageDeps().announce(kind === 'remove' ? words.isGone : words.isWithdrawn, true);
    this.close();
  }

  private async fetchFile(): Promise<void> {
    if (this.busy) return;
    this.busy = 'download';
    this.problem = null;
    const { space_id, title } = this.recording;
    // Asked anew also where there is one: its address lives for minutes.
    const found = await fileOf(() => house().library.load(space_id)).catch(asProblem);
    this.busy = '';
    if (typeof found !== 'string') return void (this.problem = found);
    save(found, title);
    this.close();
  }

  /** One command; page and player have its answer when this resolves. Null when it was refused. */
  private async run(name: string, command: () => Promise<Recording>): Promise<Recording | null> {
    if (this.busy) return null;
    this.busy = name;
    this.problem = null;
    try {
      const fresh = await command();
      await house().player.changed(fresh);
      return fresh;
    } catch (error) {
      this.problem = asProblem(error);
      if (!this.view) pageDeps().announce(this.problem.title, true);
      return null;
    } finally {
      this.busy = '';
    }
  }

  private press = (event: MouseEvent): void => {
    if (this.dialog && isOutside(this.dialog, event)) this.close();
  };

  private close = (): void => this.dialog?.close();

  private end = (): void => {
    this.view = null;
    this.problem = null;
  };
}

interface Face {
  tone?: 'danger';
  isOff?: boolean;
  isBusy?: boolean;
}

const choice = (name: string, mark: ReplayIcon, title: string, line: string, press: () => void, { tone, isOff = false, isBusy = false }: Face = {}): TemplateResult =>
  html`<li>
    <button
      class="choice ${tone ?? ''}"
      part="button"
      type="button"
      data-action=${name}
      aria-busy=${String(isBusy)}
      aria-disabled=${String(isBusy || isOff)}
      @click=${() => !isBusy && !isOff && press()}
    >
      ${replayIcon(mark)}<span><b>${title}</b><small>${line}</small></span>
    </button>
  </li>`;

const link = (name: string, title: string, url: string): TemplateResult =>
  html`<li><a class="choice" href=${url} data-action=${name}>${icon('chart')}<span><b>${title}</b></span></a></li>`;
