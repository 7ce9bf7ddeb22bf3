/**
 * `<spaces-dock>`: the one place that tells the member's own state, and where the room grows out of. It stays in the
 * document while the page around it changes.
 *
 * @element spaces-dock
 * @csspart dock - The bar itself.
 * @csspart button - Each button in it.
 * @csspart ring - The first ring around who talks.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import { isOpen } from '../../core/flags';
import type { Problem } from '../../core/types';
import sheet from '../../styles/dock.css?inline';
import { act } from '../place/acting';
import { recBadge } from '../badges';
import { consentCard } from '../recording/consent';
import { attempt, deps } from '../context';
import { markOf, problemLine, refusedBefore } from './dock-parts';
import { bars } from '../face';
import { icon } from '../icons';
import { Narrator } from '../narrator';
import { Observe } from '../observe';
import { NOTHING_SEEN, isNews, placeOf, remember, type Action, type Place } from '../place/place';
import { placeIn } from '../recording/recording-law';
import { styled } from '../styles';
import { EachSecond } from '../time';

/** Ask for the room to unfold, from anywhere: `document.dispatchEvent(new Event('spaces-unfold'))`. */
export const UNFOLD = 'spaces-unfold';

const SECOND = 1000;

export class SpacesDock extends LitElement {
  static override styles = styled(sheet);

  @state() private unfolded = false;
  @state() private help = false;
  @state() private problem: Problem | null = null;
  @state() private busy = false;

  private readonly session = new Observe(this, deps().session);
  private readonly narrator = new Narrator();
  private memory = NOTHING_SEEN;
  private place: Place | null = null;

  constructor() {
    super();
    new EachSecond(this, () => Boolean(this.session.value.snapshot?.space.host_lost) || this.isNews);
  }

  private get isNews(): boolean {
    return isNews(this.memory, Date.now() - SECOND);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener(UNFOLD, this.unfold);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener(UNFOLD, this.unfold);
  }

  protected override willUpdate(): void {
    const { value } = this.session;
    const { words, config } = deps();
    const now = Date.now();
    this.memory = remember(this.memory, value, now);
    const before = this.place?.kind;
    this.place = placeOf(value, this.memory, words, {
      app: config.app_name,
      now,
      signsIn: Boolean(config.sign_in_url),
      speaks: isOpen(config, 'spaces.speak'),
    });
    if (!this.place || ['failed', 'elsewhere'].includes(this.place.kind)) this.unfolded = this.help = false;
    if (before !== this.place?.kind) this.problem = null;
    this.narrator.tell(this.place, value);
  }

  /** Folding gives the focus back to where the room came from. */
  protected override updated(changed: PropertyValues): void {
    if (changed.get('unfolded') === true && !this.unfolded) this.renderRoot.querySelector<HTMLElement>('button.body')?.focus();
  }

  protected override render(): TemplateResult {
    const { warning } = this.session.value;
    return html`${warning
      ? html`<spaces-warning exportparts="button" .words=${warning} @spaces-close=${this.readWarning}></spaces-warning>`
      : nothing}${this.place ? this.drawn(this.place) : nothing}`;
  }

  private drawn(place: Place): TemplateResult {
    if (this.unfolded || this.help)
      return html`<spaces-panel
        .place=${place}
        .help=${this.help}
        @spaces-fold=${this.fold}
        @spaces-help=${this.showHelp}
      ></spaces-panel>`;
    const classes = classMap({ dock: true, live: place.tone === 'live' });
    return html`<section class=${classes} part="dock" data-kind=${place.kind} aria-label=${deps().words.dock}>
      <div class="above">${this.problem ? problemLine(this.problem) : nothing}${consentCard(placeIn(this.session.value), true)}</div>
      ${place.opens
        ? html`<button class="body" type="button" aria-expanded="false" @click=${this.unfold}>${this.words(place)}</button>`
        : html`<div class="body">${this.words(place)}</div>`}
      ${place.actions.map((action) => this.button(action))}
      ${place.kind === 'listening'
        ? html`<button class="button bare round open" part="button" type="button" aria-label=${deps().words.open} @click=${this.unfold}>
            ${icon('caretUp')}
          </button>`
        : nothing}
      ${place.close ? this.closeButton(place.close) : nothing}
    </section>`;
  }

  private words(place: Place): TemplateResult {
    return html`${markOf(place.mark, 46)}
      <span class="words">
        <b dir="auto">${place.title}</b>
        <span class="num">${this.rec()}${place.sounds ? bars : nothing}${place.line || nothing}</span>
      </span>`;
  }

  /** Only a recording: that clips may be made is said in the room. The question over the dock has REC itself. */
  private rec(): TemplateResult | typeof nothing {
    const snapshot = placeIn(this.session.value);
    if (!snapshot || snapshot.space.recording === 'off' || snapshot.me.consent?.state === 'asked') return nothing;
    const { consent } = snapshot.me;
    const { declined } = deps().words.recording;
    return html`${recBadge(snapshot.space)}${consent?.state === 'declined'
      ? html`<span class="out" title=${declined[consent.covers]}>${icon('leftOut')}<span class="sr">${declined[consent.covers]}</span></span>`
      : nothing}`;
  }

  private button(action: Action): TemplateResult {
    const classes = classMap({ button: true, [action.tone]: true, round: action.round ?? false });
    return html`<button
      class=${classes}
      part="button"
      type="button"
      data-action=${action.name}
      aria-label=${action.round ? [action.label, action.why].filter(Boolean).join('. ') : nothing}
      aria-disabled=${String(this.busy || Boolean(action.why))}
      @click=${() => this.run(action)}
    >
      ${action.icon ? icon(action.icon) : nothing}${action.round ? nothing : action.label}
    </button>`;
  }

  private closeButton(how: NonNullable<Place['close']>): TemplateResult {
    const { words } = deps();
    return html`<button
      class="button bare round"
      part="button"
      type="button"
      data-action=${how}
      aria-label=${{ leave: words.leave, dismiss: words.dismiss, declineInvitation: words.no }[how]}
      @click=${() => void act(how)}
    >
      ${icon('x')}
    </button>`;
  }

  /** As in the room: busy, but never so disabled that the focus is lost. */
  private async run(action: Action): Promise<void> {
    if (this.busy) return;
    if (action.name === 'howToFix') return this.showHelp();
    if (action.why) {
      this.problem = refusedBefore(action.why);
      return;
    }
    this.busy = true;
    this.problem = await act(action.name);
    this.busy = false;
  }

  private unfold = (): void => {
    this.unfolded = true;
  };

  private fold = (): void => {
    if (this.help && !this.unfolded) this.help = false;
    else this.unfolded = this.help = false;
  };

  private showHelp = (): void => {
    this.help = true;
  };

  private readWarning = (): void => void attempt(async (session) => session.dismissWarning());
}
