/**
 * `<spaces-create>`: from a title to being live.
 *
 * @element spaces-create
 * @fires spaces-created - The Space is live; `detail` is its snapshot. Bubbles.
 * @csspart button - Each button.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import type { NewSpace } from '../core/api';
import type { Problem } from '../core/types';
import dialogSheet from '../styles/dialog.css?inline';
import knob from '../styles/switch.css?inline';
import sheet from '../styles/create.css?inline';
import { asProblem, attempt, deps } from './context';
import { UNFOLD } from './dock';
import { problemLine } from './dock-parts';
import { icon, type IconName } from './icons';
import { MicrophoneCheck } from './microphone-check';
import { isOutside } from './modal';
import { styled } from './styles';
import { toggle } from './toggle';
import { variables } from './variables';

const LONGEST = 70;

export class SpacesCreate extends LitElement {
  static override styles = styled(dialogSheet, knob, sheet);

  @state() private subject = '';
  @state() private audience: NewSpace['audience'] = 'everyone';
  @state() private speak: NewSpace['speak'] = 'everyone';
  @state() private allowsAnonymous = false;
  @state() private wrong = '';
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('.subject') private field!: HTMLInputElement;

  private readonly check = new MicrophoneCheck(() => this.requestUpdate());

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.check.stop();
  }

  protected override firstUpdated(): void {
    deps().prefetch();
    this.dialog.showModal();
    this.field.focus();
  }

  protected override render(): TemplateResult {
    const { words } = deps();
    const { everyone, followers, following } = words;
    return html`<dialog class="create" aria-labelledby="title" @close=${() => this.remove()} @click=${this.press}>
      <span class="grip"></span>
      <form class="scroll" id="form" novalidate @submit=${this.goLive}>
        <div class="top">
          <h2 class="title" id="title">${words.newSpace}</h2>
          <button class="button bare round close" part="button" type="button" aria-label=${words.dismiss} @click=${this.close}>
            ${icon('x')}
          </button>
        </div>
        ${this.subjectField()}
        <div class="options">
          ${this.option('users', words.whoMayListen, words.changeNothing, this.audience, { everyone, followers, following }, (value) => (this.audience = value))}
          ${this.option('hand', words.whoMaySpeak, words.youAcceptEach, this.speak, { everyone, following, invited: words.onlyInvited }, (value) => (this.speak = value))}
          ${deps().config.flags['spaces.anonymous']
            ? toggle('hidden', words.allowUnlisted, words.allowUnlistedLine, this.allowsAnonymous, (isOn) => (this.allowsAnonymous = isOn))
            : nothing}
        </div>
        ${this.microphone()}
      </form>
      <div class="foot">
        ${this.problem ? this.refusal(this.problem) : nothing}
        <div class="last">
          <small>${words.createNote}</small>
          <button class="button tall cancel" part="button" type="button" @click=${this.close}>${words.cancel}</button>
          <button class="button live tall" part="button" type="submit" form="form" data-action="goLive" ?disabled=${this.busy}>
            ${icon('broadcast')}${words.goLive}
          </button>
        </div>
      </div>
    </dialog>`;
  }

  private subjectField(): TemplateResult {
    const { words } = deps();
    const used = [...this.subject].length;
    return html`<label class="label" for="subject">
        <span>${words.createTitle}</span><span class="num" aria-hidden="true">${used} / ${LONGEST}</span>
      </label>
      <input
        class="subject"
        id="subject"
        name="title"
        dir="auto"
        autocomplete="off"
        enterkeyhint="done"
        maxlength=${LONGEST * 2}
        .value=${this.subject}
        placeholder=${words.createTitleHint}
        aria-invalid=${this.wrong ? 'true' : 'false'}
        aria-describedby="wrong"
        @input=${this.typed}
      />
      <p class="wrong" id="wrong" role="alert" ?hidden=${!this.wrong}>${this.wrong}</p>`;
  }

  private option<V extends string>(
    picture: IconName,
    title: string,
    line: string,
    value: V,
    choices: Partial<Record<V, string>>,
    choose: (value: V) => void,
  ): TemplateResult {
    const names = Object.entries(choices) as [V, string][];
    return html`<label class="option">
      ${icon(picture)}
      <span><b>${title}</b><small>${line}</small></span>
      <span class="chosen" aria-hidden="true">${choices[value]}${icon('caretRight')}</span>
      <select aria-label=${title} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value as V)}>
        ${names.map(([name, label]) => html`<option value=${name} ?selected=${name === value}>${label}</option>`)}
      </select>
    </label>`;
  }

  private microphone(): TemplateResult {
    const { words } = deps();
    const { state: heard, bars, devices } = this.check;
    const [title, line] = words.microphoneCheck[heard];
    const named = devices.filter(({ label }) => label);
    return html`<div class="microphone" data-state=${heard}>
      ${icon(heard === 'hearing' || heard === 'idle' || heard === 'asking' ? 'microphone' : 'microphoneOff')}
      <p role="status"><b>${title}</b><small>${line}</small></p>
      ${heard === 'hearing'
        ? html`<span class="meter" aria-hidden="true">
            ${bars.map((bar) => html`<i ${variables({ '--bar': bar })}></i>`)}
          </span>`
        : html`<button class="button" part="button" type="button" ?disabled=${heard === 'asking'} @click=${() => void this.check.start()}>
            ${heard === 'idle' || heard === 'asking' ? words.checkIt : words.tryAgain}
          </button>`}
      ${heard === 'hearing' && named.length > 1
        ? html`<select aria-label=${words.microphone} @change=${(event: Event) => void this.check.start((event.target as HTMLSelectElement).value)}>
            ${named.map((device) => html`<option value=${device.deviceId}>${device.label}</option>`)}
          </select>`
        : nothing}
    </div>`;
  }

  /** A Space that is live already is the way on. */
  private refusal(problem: Problem): TemplateResult {
    const id = problem['space_id'];
    return html`${problemLine(problem)}${problem.code === 'already_live' && typeof id === 'string'
      ? html`<p>
          <button class="button wide" part="button" type="button" @click=${() => void this.enter(id)}>${deps().words.goToIt}</button>
        </p>`
      : nothing}`;
  }

  private typed = (): void => {
    this.subject = this.field.value;
    this.wrong = [...this.subject.trim()].length > LONGEST ? deps().words.createTitleLong : '';
  };

  private goLive = async (event: Event): Promise<void> => {
    event.preventDefault();
    const title = this.subject.trim();
    if (!title) this.wrong = deps().words.createTitleMissing;
    if (this.wrong || this.busy) return this.field.focus();
    this.busy = true;
    this.problem = null;
    try {
      const { audience, speak, allowsAnonymous } = this;
      const allowed = allowsAnonymous ? { allows_anonymous: true } : {};
      const snapshot = await deps().api.create({ title, topic_ids: [], audience, speak, ...allowed });
      this.dispatchEvent(new CustomEvent('spaces-created', { detail: snapshot, bubbles: true, composed: true }));
      await this.enter(snapshot.space.id);
    } catch (error) {
      const problem = asProblem(error);
      if (problem.code.includes('title')) {
        this.wrong = problem.title;
        this.field.focus();
      } else this.problem = problem;
      deps().announce(problem.title, true);
    } finally {
      this.busy = false;
    }
  };

  /** The check lets go of the microphone first, so that the room may take it. */
  private async enter(space_id: string): Promise<void> {
    this.check.stop();
    this.problem = await attempt((session) => session.listen(space_id));
    if (this.problem) return;
    this.close();
    document.dispatchEvent(new Event(UNFOLD));
  }

  private press = (event: MouseEvent): void => {
    if (isOutside(this.dialog, event) && !this.subject) this.close();
  };

  private close = (): void => this.dialog.close();
}
