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

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import { hostOf } from '../../core/seats';
import type { Profile, Snapshot } from '../../core/types';
import room from '../../styles/room.css?inline';
import sheet from '../../styles/panel.css?inline';
import { act } from '../place/acting';
import { qualityBadge, recBadge } from '../badges';
import { endedCard, microphoneCard } from '../cards';
import { consentCard, keptLine } from '../recording/consent';
import { deps } from '../context';
import { bars } from '../face';
import { actionsOn, may } from '../host/host-rules';
import { icon } from '../icons';
import { focused, holdsFocus, narrow, present } from '../modal';
import { firstName } from '../monogram';
import { Observe } from '../observe';
import { lateToo, type Place } from '../place/place';
import { removedCard } from '../host/removed-card';
import type { SpacesRoomBar } from './room-bar';
import { audience, requests, stage } from './room-parts';
import { share } from '../sharing';
import { doing } from '../sheet-parts';
import { mayShow, sheetOf } from '../sheets';
import type { Sheet } from '../side-sheet';
import { styled } from '../styles';
import { swipeDown } from './swipe';
import { clock, EachSecond, secondsSince, span } from '../time';

const SHOWN_LISTENERS = 9;

export class SpacesPanel extends LitElement {
  static override styles = styled(room, sheet);

  @property({ attribute: false }) place!: Place;
  /** Show the microphone card instead of the room. */
  @property({ type: Boolean }) help = false;

  @state() private sheet: Sheet | null = null;
  @state() private hasCopied = false;
  /** What only hosts need: null until it is asked for. */
  @state() private tools: Promise<unknown> | null = null;
  @state() private lacksTools = false;
  @query('.panel') private box!: HTMLDialogElement;

  @query('.sheets') private sheets?: HTMLElement;

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

  protected override willUpdate(): void {
    const { snapshot } = this.session.value;
    if (snapshot && may(snapshot, 'accept')) this.tools ??= this.fetchTools();
    if (this.sheet && (!snapshot || !mayShow(this.sheet, snapshot))) this.sheet = null;
  }

  protected override updated(): void {
    this.fit();
  }

  protected override render(): TemplateResult {
    const { value } = this.session;
    const card = this.card();
    const { sheet } = this;
    return html`<dialog
        class=${classMap({ panel: true, small: card !== null })}
        part="panel"
        data-kind=${this.place.kind}
        aria-labelledby="title"
        @cancel=${this.cancel}
        @close=${this.closed}
        @keydown=${this.escape}
        @click=${this.follow}
        @spaces-show=${(event: CustomEvent<Sheet>) => this.open(event.detail)}
      >
        <span class="grip"></span>
        ${card ?? this.room(value.snapshot)}
      </dialog>
      ${sheet && value.snapshot && !card
        ? html`<div
            class="sheets"
            @click=${this.follow}
            @spaces-show=${(event: CustomEvent<Sheet>) => this.open(event.detail)}
            @spaces-close=${this.closeSheet}
            @spaces-share=${this.shareIt}
          >
            ${sheetOf(sheet, value.snapshot, value.volume)}
          </div>`
        : nothing}`;
  }

  /** What takes the room's place. */
  private card(): TemplateResult | null {
    const { value } = this.session;
    if (this.help) return microphoneCard(this.fold, () => void this.tryAgain());
    if (this.place.kind === 'ended') return endedCard(value, this.dismiss);
    if (value.connection.kind === 'removed') return removedCard(value.connection.code, this.dismiss);
    return null;
  }

  private room(snapshot: Snapshot | null): TemplateResult {
    const { value } = this.session;
    const runs = snapshot && may(snapshot, 'accept');
    return html`${this.head(snapshot)}
      <div class="middle" tabindex="-1">
        ${snapshot ? html`<spaces-blocked-note exportparts="button" .seats=${snapshot.stage}></spaces-blocked-note>` : nothing}
        <spaces-pins inset exportparts="button" .snapshot=${snapshot}></spaces-pins>
        ${runs && this.lacksTools
          ? html`<div class="problem">${deps().words.unreachable} ${doing('again', deps().words.tryAgain, '', false, () => (this.tools = null))}</div>`
          : nothing}
        ${runs
          ? html`<spaces-host-desk exportparts="button, seat, ring, badge" .snapshot=${snapshot} .state=${value}></spaces-host-desk>`
          : snapshot
            ? this.listening(snapshot)
            : skeleton}
      </div>
      ${consentCard(snapshot)}
      <spaces-room-bar exportparts="button" .place=${this.place} .snapshot=${snapshot}></spaces-room-bar>`;
  }

  private head(snapshot: Snapshot | null): TemplateResult {
    const { words } = deps();
    const me = snapshot?.me;
    const space = snapshot?.space;
    const seconds = secondsSince(space?.started_at ?? null);
    const host = hostOf(snapshot);
    const runs = snapshot !== null && may(snapshot, 'remove');
    return html`<header @pointerdown=${this.swipe}>
      <div class="row">
        <span class="badge live" part="badge">${bars} ${words.live}</span>
        ${space ? recBadge(space) : nothing}
        ${me?.role === 'host' ? html`<span class="soft num" role="timer">${clock(seconds)}</span>` : qualityBadge(this.session.value.quality)}
        <span class="tools">
          ${runs
            ? this.tool('more', words.hosting.more, () => this.open({ kind: 'menu' }))
            : html`${this.tool('share', words.share, this.shareIt)}
              ${this.tool('more', words.settings, () => this.open({ kind: 'sound' }))}`}
          ${me?.permissions.includes('end')
            ? html`<button class="button outline" part="button" type="button" data-action="askEnd" aria-haspopup="dialog" @click=${() => this.open({ kind: 'end' })}>
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
      ${space && host && me?.role !== 'host' ? html`<p class="soft num">${lateToo(words.meta(host.profile.name, seconds < 60 ? words.justStarted : span(seconds), space.audience), this.session.value, words)}</p>` : nothing}
      ${snapshot ? keptLine(snapshot, (kind) => this.open({ kind })) : nothing}
    </header>`;
  }

  private tool(name: 'share' | 'more', label: string, press: () => void): TemplateResult {
    return html`<button class="button bare round" part="button" type="button" data-action=${name} aria-label=${label} @click=${press}>
      ${icon(name)}
    </button>`;
  }

  private listening(snapshot: Snapshot): TemplateResult {
    const { stage: seats, listeners, requests: queue, me } = snapshot;
    const { words } = deps();
    const host = hostOf(snapshot)?.profile;
    const isActionable = (user_id: string) => actionsOn(snapshot, user_id).length > 0;
    const act = ({ profile }: { profile: Profile }) => this.open({ kind: 'person', profile });
    const own = () => this.open({ kind: 'consent' });
    return html`${stage(seats, this.session.value, { act, own, isActionable })}
      ${queue.length
        ? html`<section class="queue" aria-label=${words.requests}>
            <h3 class="count num">${words.hosting.asking(queue.length)}</h3>
            ${requests(queue, { viewer: me.role, host: host ? firstName(host) : '', act, isActionable })}
          </section>`
        : nothing}
      ${audience(
        listeners.count,
        listeners.sample.map((profile) => ({ profile })),
        { act, isActionable, shown: SHOWN_LISTENERS },
      )}`;
  }

  private async fetchTools(): Promise<void> {
    this.lacksTools = false;
    await import('../host/host-tools').catch(() => (this.lacksTools = true));
  }

  private async tryAgain(): Promise<void> {
    const problem = await act('tryMicrophone');
    if (!problem) this.fold();
  }

  private dismiss = async (): Promise<void> => {
    await act('dismiss');
    this.fold();
  };

  private shareIt = async (): Promise<void> => {
    const space = this.session.value.snapshot?.space;
    if (!space || !(await share(space, () => narrow.matches && this.fold()))) return;
    this.hasCopied = true;
    setTimeout(() => (this.hasCopied = false), 2000);
  };

  private open(shown: Sheet): void {
    // A sheet that follows another gives the focus back to where the first came from.
    if (!holdsFocus(this.sheets)) this.returnTo = focused();
    this.sheet = shown;
  }

  /** The focus goes back unless it is elsewhere by then, as it may be on a wide screen. */
  private closeSheet = async (): Promise<void> => {
    const at = focused();
    const had = !at || at === document.body || holdsFocus(this.sheets);
    this.sheet = null;
    await this.updateComplete;
    if (!had) return;
    const back = this.returnTo?.isConnected ? this.returnTo : this.renderRoot.querySelector<HTMLElement>('.fold');
    back?.focus();
  };

  private fold = (): void => {
    this.dispatchEvent(new Event('spaces-fold'));
  };

  private cancel = (event: Event): void => {
    event.preventDefault();
    this.stepBack();
  };

  /** The browser closes a modal dialog without asking when Escape comes twice. */
  private closed = (): void => {
    if (!this.box.open && this.isConnected) this.fold();
  };

  private escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !this.box.matches(':modal')) this.stepBack();
  };

  /** What was opened last goes first. */
  private stepBack(): void {
    if (this.sheet) void this.closeSheet();
    else if (!this.renderRoot.querySelector<SpacesRoomBar>('spaces-room-bar')?.back()) this.fold();
  }

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
