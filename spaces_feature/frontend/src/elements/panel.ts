/**
 * `<spaces-panel>`: the room. It grows out of the dock beside the page, and covers it as a sheet when narrow.
 *
 * @element spaces-panel
 * @fires spaces-fold - The room wants to become the dock again.
 * @fires spaces-help - The member wants to know how to allow the microphone.
 * @csspart panel - The room's box.
 * @csspart button - Each button.
 * @csspart badge - Live, quality and tags.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import type { Problem, Seat, Snapshot, SpeakRequest } from '../core/types';
import sheet from '../styles/panel.css?inline';
import { act } from './acting';
import { attempt, deps } from './context';
import { endedCard, microphoneCard } from './cards';
import { bars } from './face';
import { hostTabs, type Tab } from './host-tabs';
import { icon } from './icons';
import { narrow, present } from './modal';
import { Observe } from './observe';
import { markOf, problemLine } from './dock-parts';
import type { Action, Place } from './place';
import { barActions, needsWords } from './room-bar';
import { audience, requests, stage } from './room-parts';
import { share } from './sharing';
import type { Sheet } from './side-sheet';
import { styled } from './styles';
import { swipeDown } from './swipe';
import { clock, EachSecond, secondsSince, span } from './time';

const FIRST_ROW = 4;

export class SpacesPanel extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) place!: Place;
  /** Show the microphone card instead of the room. */
  @property({ type: Boolean }) help = false;

  @state() private tab: Tab = 'requests';
  @state() private sheet: Sheet | null = null;
  @state() private problem: Problem | null = null;
  @state() private answering: ReadonlySet<string> = new Set();
  @state() private busy = false;
  @state() private hasCopied = false;
  @query('.panel') private box!: HTMLDialogElement;

  private readonly session = new Observe(this, deps().session);
  private returnTo: HTMLElement | null = null;

  constructor() {
    super();
    new EachSecond(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    narrow.addEventListener('change', this.fit);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    narrow.removeEventListener('change', this.fit);
  }

  protected override firstUpdated(): void {
    this.fit();
    this.renderRoot.querySelector<HTMLElement>('.fold, #title')?.focus();
  }

  protected override updated(changed: PropertyValues): void {
    this.fit();
    if (changed.has('place') && changed.get('place')?.kind !== this.place.kind && this.problem) this.problem = null;
    if (changed.has('sheet') && changed.get('sheet') && !this.sheet) this.returnTo?.focus();
  }

  protected override render(): TemplateResult {
    const { value } = this.session;
    const card = this.help || this.place.kind === 'ended';
    return html`<dialog
        class=${classMap({ panel: true, small: card })}
        part="panel"
        data-kind=${this.place.kind}
        aria-labelledby="title"
        @cancel=${this.cancel}
        @keydown=${this.escape}
        @click=${this.follow}
      >
        <span class="grip"></span>
        ${this.help
          ? microphoneCard(this.fold, () => void this.tryAgain())
          : this.place.kind === 'ended'
            ? endedCard(value, () => void this.run('dismiss'))
            : this.room(value.snapshot)}
      </dialog>
      ${this.sheet && value.snapshot && !card
        ? html`<spaces-side-sheet
            exportparts="button"
            .shown=${this.sheet}
            .snapshot=${value.snapshot}
            .volume=${value.volume}
            @spaces-close=${this.closeSheet}
            @spaces-problem=${(event: CustomEvent<Problem>) => (this.problem = event.detail)}
          ></spaces-side-sheet>`
        : nothing}`;
  }

  private room(snapshot: Snapshot | null): TemplateResult {
    const hosts = snapshot?.me.permissions.includes('accept') ?? false;
    return html`${this.head(snapshot)}
      <div class="middle" tabindex="-1">
        ${snapshot ? (hosts ? this.hosting(snapshot) : this.listening(snapshot)) : skeleton}
      </div>
      ${this.bar(snapshot)}`;
  }

  private head(snapshot: Snapshot | null): TemplateResult {
    const { words } = deps();
    const me = snapshot?.me;
    const space = snapshot?.space;
    const seconds = secondsSince(space?.started_at ?? null);
    const host = snapshot?.stage.find(({ role }) => role === 'host');
    return html`<header @pointerdown=${this.swipe}>
      <div class="row">
        <span class="badge live" part="badge">${bars} ${words.live}</span>
        ${me?.role === 'host' ? html`<span class="soft num" role="timer">${clock(seconds)}</span>` : this.quality()}
        <span class="tools">
          ${this.tool('share', words.share, this.shareIt)} ${this.tool('more', words.settings, this.openSound)}
          ${me?.permissions.includes('end')
            ? html`<button class="button outline" part="button" type="button" data-action="askEnd" @click=${(event: Event) => this.openSheet({ kind: 'end' }, event)}>
                ${words.endShort}
              </button>`
            : nothing}
          <button class="button bare round fold" part="button" type="button" aria-expanded="true" aria-label=${words.fold} @click=${this.fold}>
            ${icon('caretDown')}
          </button>
        </span>
      </div>
      <h2 class="title" id="title" dir="auto">${space?.title ?? this.session.value.title}</h2>
      ${this.hasCopied ? html`<p class="toast">${words.copied}</p>` : nothing}
      ${space && host && me?.role !== 'host' ? html`<p class="soft num">${words.meta(host.profile.name, seconds < 60 ? words.justStarted : span(seconds), space.audience)}</p>` : nothing}
    </header>`;
  }

  private tool(name: 'share' | 'more', label: string, press: (event: Event) => void): TemplateResult {
    return html`<button class="button bare round" part="button" type="button" data-action=${name} aria-label=${label} @click=${press}>
      ${icon(name)}
    </button>`;
  }

  private quality(): TemplateResult | typeof nothing {
    const { quality } = this.session.value;
    if (quality === 'unknown') return nothing;
    return html`<span class="quality" data-quality=${quality} part="badge">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M15 2v12H2z" /></svg>${deps().words.quality[quality]}
    </span>`;
  }

  private listening(snapshot: Snapshot): TemplateResult {
    const blocked = snapshot.stage.some((seat) => seat.is_blocked_by_me);
    return html`${stage(snapshot.stage, this.session.value)}
      ${blocked ? html`<p class="problem warn">${icon('warning')}<b>${deps().words.blockedSpeaker}</b></p>` : nothing}
      ${audience(snapshot)}`;
  }

  private hosting(snapshot: Snapshot): TemplateResult {
    return html`${stage(snapshot.stage.slice(0, FIRST_ROW), this.session.value, { act: this.openSeat, size: 60, untagged: true })}
      ${hostTabs(this.tab, snapshot, (tab) => (this.tab = tab))}
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby="tab-${this.tab}">
        ${this.tab === 'requests'
          ? requests(snapshot.requests, this.answering, this.answer)
          : this.tab === 'stage'
            ? stage(snapshot.stage, this.session.value, { act: this.openSeat })
            : audience(snapshot)}
      </div>`;
  }

  private bar(snapshot: Snapshot | null): TemplateResult {
    const { place } = this;
    return html`<footer>
      ${this.problem ? problemLine(this.problem) : nothing}
      ${needsWords(place)
        ? html`<p class="notice ${place.tone}">
            ${markOf(place.mark, 40)}<span><b>${place.title}</b><small>${place.line}</small></span>
          </p>`
        : nothing}
      <div class="buttons">${barActions(place, snapshot, deps().words).map((action) => this.barButton(action))}</div>
    </footer>`;
  }

  private barButton(action: Action): TemplateResult {
    const grows = !['leave', 'stepDown'].includes(action.name);
    return html`<button
      class=${classMap({ button: true, tall: true, grows, [action.tone]: true })}
      part="button"
      type="button"
      data-action=${action.name}
      aria-disabled=${String(this.busy)}
      @click=${() => void this.run(action.name)}
    >
      ${action.icon ? icon(action.icon) : nothing}${action.label}
    </button>`;
  }

  /** A button that is truly disabled would lose the focus to the page; this one keeps it until the next one stands there. */
  private async run(name: Action['name']): Promise<void> {
    if (this.busy) return;
    if (name === 'howToFix') {
      this.dispatchEvent(new Event('spaces-help'));
      return;
    }
    await this.keep(act(name));
    if (name === 'dismiss') this.fold();
  }

  private async tryAgain(): Promise<void> {
    const problem = await act('tryMicrophone');
    if (!problem) this.fold();
  }

  private answer = async (request: SpeakRequest, accepts: boolean): Promise<void> => {
    this.answering = new Set(this.answering).add(request.user_id);
    const had = this.shadowRoot?.activeElement?.closest('.request');
    this.problem = await attempt((session) =>
      accepts ? session.accept(request.user_id) : session.decline(request.user_id),
    );
    const rest = new Set(this.answering);
    rest.delete(request.user_id);
    this.answering = rest;
    await this.updateComplete;
    if (had && !had.isConnected)
      this.renderRoot.querySelector<HTMLElement>('.request .accept, [aria-selected="true"]')?.focus();
  };

  private async keep(result: Promise<Problem | null>): Promise<void> {
    this.busy = true;
    this.problem = await result;
    this.busy = false;
  }

  private shareIt = async (): Promise<void> => {
    const space = this.session.value.snapshot?.space;
    if (!space || !(await share(space))) return;
    this.hasCopied = true;
    setTimeout(() => (this.hasCopied = false), 2000);
  };

  private openSeat = (seat: Seat): void => this.openSheet({ kind: 'seat', seat });

  private openSound = (event: Event): void => this.openSheet({ kind: 'sound' }, event);

  private openSheet(shown: Sheet, event?: Event): void {
    this.returnTo = (event?.currentTarget as HTMLElement | undefined) ?? (this.shadowRoot?.activeElement as HTMLElement | null);
    this.sheet = shown;
  }

  private closeSheet = (): void => {
    this.sheet = null;
  };

  private fold = (): void => {
    this.dispatchEvent(new Event('spaces-fold'));
  };

  private cancel = (event: Event): void => {
    event.preventDefault();
    this.fold();
  };

  private escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !this.box.matches(':modal')) this.fold();
  };

  /** A profile opens behind the sheet, so the sheet makes way. */
  private follow = (event: Event): void => {
    if (narrow.matches && event.composedPath().some((part) => part instanceof HTMLAnchorElement)) this.fold();
  };

  private swipe = (event: PointerEvent): void => {
    if (narrow.matches) swipeDown(event, this.box, this.fold);
  };

  /** Dialogs lose their layer when the page moves the dock, and change their kind with the window's width. */
  private fit = (): void => {
    if (!this.isConnected || !this.hasUpdated) return;
    present(this.box, narrow.matches);
  };
}

const skeleton = html`<div class="skeleton" aria-hidden="true">${[1, 2, 3, 4].map(() => html`<i></i>`)}</div>`;
