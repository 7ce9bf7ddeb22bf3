/**
 * `<spaces-clip-sheet>`: choose a part of what was just said, give it a title, share it. What was written stays until it is
 * shared, whatever fails on the way.
 *
 * @element spaces-clip-sheet
 * @csspart button - Each button.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { clipCalls } from '../../core/clip-calls';
import type { Clip, ClipAsked, Hold } from '../../core/clip-types';
import { clipWords as w } from '../../core/clip-words';
import { firstChoice, heardIn, lengthOf, type Heard, type Selection } from '../../core/selection';
import type { Problem } from '../../core/types';
import dialogSheet from '../../styles/dialog.css?inline';
import sheet from '../../styles/clip-sheet.css?inline';
import { addressOf, copy, newClip, offer, settled, type Words } from './clip-making';
import { button, chips, drawing, linkRow, namesOf, note, noteOf, skeleton } from './clip-parts';
import { Preview, type Attach } from './clip-preview';
import { SpacesClipWave } from './clip-wave';
import { asProblem, defineOnce, pageDeps } from '../context';
import { problemLine } from '../room/dock-parts';
import { isOutside } from '../modal';
import { styled } from '../styles';
import { swipeDown } from '../room/swipe';
import { clock } from '../time';

const TITLE = 70;
const WORDS = 280;
/** What the server says when the sound is not held any more. */
const OVER = 'clip_out_of_reach';

/** `share` and `save` are under way; `made` shows what there is. */
type Step = 'fetching' | 'choosing' | 'share' | 'save' | 'made';

export class SpacesClipSheet extends LitElement {
  static override styles = styled(dialogSheet, sheet);

  @property({ attribute: false }) asked!: ClipAsked;
  @property({ attribute: false }) attach!: Attach;

  @state() private step: Step = 'fetching';
  @state() private hold: Hold | null = null;
  @state() private selection: Selection = { from: 0, seconds: 1 };
  @state() private problem: Problem | null = null;
  @state() private clip: Clip | null = null;
  @state() private isCopied = false;
  @state() private isPlaying = false;
  /** The host app wanted it and could not take it. */
  @state() private isRefused = false;
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('spaces-clip-wave') private wave?: SpacesClipWave;

  private written: Words = { title: '', words: '' };
  private preview: Preview | null = null;

  protected override firstUpdated(): void {
    this.dialog.showModal();
    void this.fetch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.preview?.close();
    this.preview = null;
  }

  private get me(): string {
    return pageDeps().config.me?.user_id ?? '';
  }

  private get heard(): Heard[] {
    return this.hold ? heardIn(this.selection, this.hold) : [];
  }

  private get isReplay(): boolean {
    return typeof this.asked.at_s === 'number';
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" @close=${this.end} @click=${this.press}>
      <span class="pull" @pointerdown=${this.swipe}><span class="grip"></span></span>
      <div class="scroll">
        <div class="top">
          <h2 class="title" id="title" tabindex="-1" autofocus>${this.step === 'made' ? w.made : w.newClip}</h2>
          <button class="button bare round close" part="button" type="button" aria-label=${w.close} @click=${this.close}>${drawing('x')}</button>
        </div>
        ${this.step === 'made' && this.clip ? this.madePart(this.clip) : this.hold ? this.choosing(this.hold) : this.fetching()}
        ${this.problem ? problemLine(this.problem) : nothing}
      </div>
      <div class="foot">${this.foot()}</div>
    </dialog>`;
  }

  private fetching(): TemplateResult {
    return html`<p class="intro" role="status">${this.problem ? nothing : w.fetching}</p>
      ${this.problem ? nothing : skeleton}`;
  }

  private choosing(hold: Hold): TemplateResult {
    const length = lengthOf(hold);
    const { from, seconds } = this.selection;
    const { heard } = this;
    const [begin, end] = this.isReplay ? [clock(Math.floor(hold.from_s)), clock(Math.round(hold.to_s))] : [`\u2212${clock(Math.round(length))}`, w.now];
    return html`<p class="intro" dir="auto">${this.isReplay ? w.minuteOf(length) : w.lastOf(length)}</p>
      <spaces-clip-wave
        .peaks=${hold.peaks}
        .length=${length}
        .selection=${this.selection}
        .said=${this.said}
        @spaces-chosen=${(event: CustomEvent<Selection>) => this.choose(event.detail)}
        @spaces-seek=${(event: CustomEvent<number>) => void this.play(event.detail)}
      ></spaces-clip-wave>
      <div class="times num"><span><bdi>${begin}</bdi></span><b data-length><bdi>${w.short(seconds)}</bdi></b><span><bdi>${end}</bdi></span></div>
      <div class="hear">
        <button class="play" part="button" type="button" data-action="preview" aria-label=${this.isPlaying ? w.pause : w.play} @click=${() => (this.isPlaying ? this.preview?.stop() : void this.play(from))}>
          ${drawing(this.isPlaying ? 'pause' : 'play')}
        </button>
        ${chips(heard, this.me)}
      </div>
      <label class="field"><span>${w.title}</span>
        <input class="input" name="title" maxlength=${TITLE} dir="auto" autocomplete="off" .value=${this.written.title} @input=${this.write} />
      </label>
      <label class="field"><span>${w.words}</span>
        <textarea class="input" name="words" rows="3" maxlength=${WORDS} dir="auto" .value=${this.written.words} @input=${this.write}></textarea>
      </label>
      ${note(heard, hold.needs, this.me)}`;
  }

  private madePart(clip: Clip): TemplateResult {
    const asked = clip.speakers.filter(({ user_id }) => clip.waits_for.includes(user_id)).map(({ profile }) => profile);
    const line = asked.length ? w.waits(namesOf(asked, this.me)) : clip.state === 'making' ? w.takesLonger : w.madeLine(this.isCopied);
    return html`<p class="intro" role="status" dir="auto">${line}</p>
      ${linkRow(addressOf(clip))}`;
  }

  private foot(): unknown {
    if (!this.hold) return this.problem ? button({ name: 'again', label: w.tryAgain, tone: 'primary wide', press: () => void this.fetch() }) : nothing;
    if (this.step === 'made' && this.clip) return this.ways(this.clip);
    if (this.problem?.code === OVER && !this.isReplay) return button({ name: 'anew', label: w.isOver, tone: 'primary wide', press: () => void this.fetch() });
    const { heard, step } = this;
    const { asked } = noteOf(heard, this.hold.needs, this.me);
    const isBusy = step === 'share' || step === 'save';
    const label = this.clip?.state === 'ready' ? w.sharing : w.making;
    const main = asked.length ? w.ask(namesOf(asked, this.me)) : w.share;
    return html`<p class="sr" role="status">${isBusy ? label : nothing}</p>
      <div class="ways">
        ${button({ name: 'save', label: step === 'save' ? label : w.save, isBusy: step === 'save', isOff: isBusy || !heard.length, press: () => void this.keep('save') })}
        ${button({ name: 'share', label: step === 'share' ? label : main, tone: 'primary grows', isBusy: step === 'share', isOff: isBusy || !heard.length, press: () => void this.keep('share') })}
      </div>`;
  }

  private ways(clip: Clip): TemplateResult {
    const copies = this.isCopied ? w.copied : w.copy;
    return html`<div class="ways">
      ${this.isRefused
        ? html`${button({ name: 'copy', label: copies, press: () => void this.copyLink(clip) })}
          ${button({ name: 'share', label: w.share, tone: 'primary grows', press: () => void this.pass(clip) })}`
        : html`<a class="button tall" part="button" href=${clip.page_url}>${w.open}</a>
          ${button({ name: 'copy', label: copies, tone: 'primary grows', press: () => void this.copyLink(clip) })}`}
    </div>`;
  }

  private async fetch(): Promise<void> {
    const { asked } = this;
    this.problem = null;
    try {
      const hold = await clipCalls(pageDeps().api).hold(asked.space_id, asked.at_s ?? null);
      const length = lengthOf(hold);
      const wanted =
        asked.from_s === undefined || asked.seconds === undefined ? null : { from: asked.from_s - hold.from_s, seconds: asked.seconds };
      this.selection = firstChoice(length, this.isReplay ? (asked.at_s ?? 0) - hold.from_s : length, wanted);
      this.preview?.close();
      this.preview = new Preview(hold.url, {
        attach: this.attach,
        moved: (at) => {
          this.isPlaying = at !== null || Boolean(this.preview?.isPlaying);
          if (this.wave) this.wave.at = at;
        },
        failed: () => this.tell({ status: 0, code: 'no_preview', title: w.noPreview, detail: '' }),
      });
      this.hold = hold;
      this.step = 'choosing';
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  private choose(selection: Selection): void {
    this.selection = selection;
    this.preview?.keepWithin(selection);
  }

  private async play(at: number): Promise<void> {
    this.isPlaying = true;
    await this.preview?.play(this.selection, at);
    this.isPlaying = Boolean(this.preview?.isPlaying);
  }

  /** Makes the clip and passes it on. From the moment that it is there, there is no way back to choosing. */
  private async keep(step: 'share' | 'save'): Promise<void> {
    if (!this.hold) return;
    this.preview?.stop();
    this.problem = null;
    this.step = step;
    try {
      const calls = clipCalls(pageDeps().api);
      this.clip ??= await calls.make(this.asked.space_id, newClip(this.asked, this.hold, this.selection, this.written));
    } catch (error) {
      this.step = 'choosing';
      this.tell(asProblem(error));
      return;
    }
    this.clip = await settled(this.clip);
    if (step === 'save' || this.clip.waits_for.length) await this.finish(this.clip);
    else await this.pass(this.clip);
  }

  /** To the host app, and where it has no place for clips, to the clipboard. */
  private async pass(clip: Clip): Promise<void> {
    this.step = 'share';
    this.problem = null;
    try {
      const isTaken = await offer(clip, this.written.words);
      if (!isTaken) return await this.finish(clip);
      pageDeps().announce(w.isShared);
      this.close();
    } catch {
      this.isRefused = true;
      await this.finish(clip);
      this.tell({ status: 0, code: 'not_shared', title: w.didNotShare, detail: w.didNotShareLine });
    }
  }

  /** What is there now is its link. */
  private async finish(clip: Clip): Promise<void> {
    this.isCopied = await copy(addressOf(clip));
    this.step = 'made';
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('#title')?.focus();
  }

  private async copyLink(clip: Clip): Promise<void> {
    this.isCopied = await copy(addressOf(clip));
    if (this.isCopied) pageDeps().announce(w.copied, true);
    else this.renderRoot.querySelector<HTMLInputElement>('input[readonly]')?.select();
  }

  private said = (second: number, kept: number): string => {
    if (!this.hold) return '';
    if (this.isReplay) return w.at(clock(Math.round(this.hold.from_s + second)), kept);
    return w.before(Math.round((lengthOf(this.hold) - second) * 10) / 10, kept);
  };

  private tell(problem: Problem): void {
    this.problem = problem;
    pageDeps().announce(problem.title, true);
    void this.updateComplete.then(() => this.renderRoot.querySelector('.problem')?.scrollIntoView({ block: 'nearest' }));
  }

  private write = (event: Event): void => {
    const field = event.target as HTMLInputElement | HTMLTextAreaElement;
    this.written = { ...this.written, [field.name]: field.value };
  };

  /** What somebody wrote is not lost by a tap beside it. */
  private press = (event: MouseEvent): void => {
    const { title, words } = this.written;
    if (isOutside(this.dialog, event) && !title && !words) this.close();
  };

  private swipe = (event: PointerEvent): void => swipeDown(event, this.dialog, this.close);

  private close = (): void => this.dialog.close();

  private end = (): void => this.remove();
}

defineOnce('spaces-clip-wave', SpacesClipWave);
defineOnce('spaces-clip-sheet', SpacesClipSheet);
