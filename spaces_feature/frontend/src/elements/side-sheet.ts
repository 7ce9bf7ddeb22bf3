/**
 * What all sheets of the room have in common: beside the room without a scrim, so that work goes on; from below, modal,
 * when narrow. A command that was refused is told in the sheet, which stays.
 *
 * @fires spaces-close - It wants to go away.
 * @fires spaces-show - Another sheet is to take its place; `detail` is the `Sheet`.
 */

import { LitElement, html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Problem, Profile, Session, Snapshot } from '../core/types';
import sheet from '../styles/sheet.css?inline';
import { attempt, deps } from './context';
import { problemLine } from './room/dock-parts';
import { icon } from './icons';
import { holdsFocus, isOutside, narrow, present } from './modal';
import { styled } from './styles';
import { swipeDown } from './room/swipe';

/** What may open beside the room. */
export type Sheet =
  | { kind: 'sound' | 'menu' | 'invite' | 'removed' | 'edit' | 'end' | 'pin' | 'record' | 'consent' }
  | { kind: 'person'; profile: Profile; joined_at?: string }
  | { kind: 'remove'; profile: Profile }
  /** Of one person, or of the Space as a whole. */
  | { kind: 'report'; profile: Profile | null };

/** Asks the room to open a sheet; it is heard through every shadow root. */
export function show(from: HTMLElement, detail: Sheet): void {
  from.dispatchEvent(new CustomEvent<Sheet>('spaces-show', { detail, bubbles: true, composed: true }));
}

export abstract class SideSheet extends LitElement {
  static override styles: CSSResultGroup = styled(sheet);

  @property({ attribute: false }) snapshot!: Snapshot;

  @state() protected problem: Problem | null = null;
  /** Names of the commands under way. */
  @state() protected busy: ReadonlySet<string> = new Set();
  @query('dialog') private dialog!: HTMLDialogElement;

  /** Header, middle and foot. The header's title is `#sheet-title`. */
  protected abstract content(): TemplateResult;

  override connectedCallback(): void {
    super.connectedCallback();
    narrow.addEventListener('change', this.fit);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    narrow.removeEventListener('change', this.fit);
  }

  /** A button that went away under the focus gives it to the title, not to the page behind. */
  protected override update(changed: PropertyValues): void {
    const had = this.hasUpdated && holdsFocus(this.dialog);
    super.update(changed);
    if (had && !holdsFocus(this.dialog)) this.renderRoot.querySelector<HTMLElement>('#sheet-title')?.focus({ preventScroll: true });
  }

  protected override updated(): void {
    this.fit();
  }

  protected override render(): TemplateResult {
    return html`<dialog aria-labelledby="sheet-title" @cancel=${this.cancel} @close=${this.closed} @keydown=${this.escape} @click=${this.press}>
      <span class="handle" @pointerdown=${this.swipe}><span class="grip"></span></span>
      <button class="button bare round close" part="button" type="button" aria-label=${deps().words.dismiss} @click=${this.close}>
        ${icon('x')}
      </button>
      ${this.content()}
    </dialog>`;
  }

  /** A refusal, where a command of this sheet was given. */
  protected trouble(): TemplateResult | typeof nothing {
    return this.problem ? problemLine(this.problem) : nothing;
  }

  /** The title takes the focus when the sheet opens, so that it is read first, unless something else `begins`. */
  protected heading(text: string, begins = true): TemplateResult {
    return html`<div class="heading">
      <h2 class="title" id="sheet-title" dir="auto" tabindex="-1" ?autofocus=${begins}>${text}</h2>
    </div>`;
  }

  /** Does one thing, once at a time by its `name`; says `said` when the server has. Resolves to whether it did. */
  protected async run(name: string, action: (session: Session) => Promise<unknown>, said = ''): Promise<boolean> {
    const problem = await this.once(name, action);
    if (problem === undefined) return false;
    this.problem = problem;
    if (!problem && said) deps().announce(said);
    if (problem) {
      await this.updateComplete;
      this.renderRoot.querySelector('.problem')?.scrollIntoView({ block: 'nearest' });
    }
    return !problem;
  }

  /** As `run`, but resolves to the problem, null when all went well, undefined when the same was under way already. */
  protected async once(name: string, action: (session: Session) => Promise<unknown>): Promise<Problem | null | undefined> {
    if (this.busy.has(name)) return undefined;
    this.busy = new Set(this.busy).add(name);
    const problem = await attempt(action);
    const rest = new Set(this.busy);
    rest.delete(name);
    this.busy = rest;
    return problem;
  }

  protected show(sheet: Sheet): void {
    show(this, sheet);
  }

  protected close = (): void => {
    this.dispatchEvent(new Event('spaces-close', { bubbles: true, composed: true }));
  };

  private cancel = (event: Event): void => {
    event.preventDefault();
    this.close();
  };

  /** The browser closes a modal dialog without asking when Escape comes twice. */
  private closed = (): void => {
    if (!this.dialog.open) this.close();
  };

  private escape = (event: KeyboardEvent): void => {
    // When modal, the browser says `cancel`; going already now would pass that on to the room.
    if (event.key === 'Escape' && !this.dialog.matches(':modal')) this.close();
  };

  private press = (event: MouseEvent): void => {
    if (isOutside(this.dialog, event)) this.close();
  };

  private swipe = (event: PointerEvent): void => {
    if (narrow.matches) swipeDown(event, this.dialog, this.close);
  };

  private fit = (): void => {
    if (this.isConnected && this.hasUpdated) present(this.dialog, narrow.matches);
  };
}
