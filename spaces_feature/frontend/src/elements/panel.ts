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
import sheetStyle from '../styles/sheet.css?inline';
import { act } from './acting';
import { attempt, deps } from './context';
import { endedCard, microphoneCard } from './cards';
import { bars } from './face';
import { icon } from './icons';
import { isOutside, narrow, present } from './modal';
import { Observe } from './observe';
import { markOf, problemLine } from './dock-parts';
import type { Action, Place } from './place';
import { barActions, needsWords } from './room-bar';
import { audience, requests, stage } from './room-parts';
import { endSheet, seatSheet, soundSheet, type Devices } from './sheets';
import { styled } from './styles';
import { swipeDown } from './swipe';
import { clock, EachSecond, secondsSince, span } from './time';

type Tab = 'requests' | 'stage' | 'audience';
type Sheet = { kind: 'end' } | { kind: 'seat'; seat: Seat } | { kind: 'sound'; devices: Devices | null };

const FIRST_ROW = 4;

export class SpacesPanel extends LitElement {
  static override styles = styled(sheet, sheetStyle);

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
  @query('.sheet') private side!: HTMLDialogElement | null;

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
      >
        <span class="grip"></span>
        ${this.help
          ? microphoneCard(this.fold, () => void this.tryAgain())
          : this.place.kind === 'ended'
            ? endedCard(value, () => void this.run('dismiss'))
            : this.room(value.snapshot)}
      </dialog>
      ${this.sheet && value.snapshot ? this.sheetFor(this.sheet, value.snapshot) : nothing}`;
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
          ${this.tool('share', words.share, this.share)} ${this.tool('more', words.settings, this.openSound)}
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
      ${space && host ? html`<p class="soft num">${words.meta(host.profile.name, span(seconds), space.audience)}</p>` : nothing}
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
    const { words } = deps();
    const tabs: [Tab, string][] = [
      ['requests', words.requestsTab(snapshot.requests.length)],
      ['stage', words.stageTab(snapshot.stage.length)],
      ['audience', words.audienceTab],
    ];
    return html`${stage(snapshot.stage.slice(0, FIRST_ROW), this.session.value, { act: this.openSeat, size: 60, untagged: true })}
      <div class="tabs" role="tablist" aria-label=${words.hostTabs} @keydown=${this.moveTab}>
        ${tabs.map(
          ([name, label]) =>
            html`<button class="num" type="button" role="tab" id="tab-${name}" aria-controls="tab-panel" aria-selected=${String(this.tab === name)} tabindex=${this.tab === name ? 0 : -1} @click=${() => (this.tab = name)}>
              ${label}
            </button>`,
        )}
      </div>
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

  private sheetFor(shown: Sheet, snapshot: Snapshot): TemplateResult {
    return html`<dialog class="sheet" aria-labelledby="sheet-title" @cancel=${this.cancelSheet} @keydown=${this.escapeSheet} @click=${this.pressBeside}>
      <span class="grip"></span>
      <button class="button bare round close" part="button" type="button" aria-label=${deps().words.dismiss} @click=${this.closeSheet}>
        ${icon('x')}
      </button>
      ${shown.kind === 'end'
        ? endSheet(snapshot, this.closeSheet, () => void this.end(), this.busy)
        : shown.kind === 'seat'
          ? seatSheet(shown.seat, snapshot, () => void this.move(shown.seat))
          : soundSheet(
              this.session.value.volume,
              shown.devices,
              (volume) => void attempt(async (session) => session.setVolume(volume)),
              (kind, id) => void this.keep(attempt((session) => session.chooseDevice(kind, id))),
            )}
    </dialog>`;
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

  private async end(): Promise<void> {
    await this.keep(attempt((session) => session.end()));
    this.closeSheet();
  }

  private async move(seat: Seat): Promise<void> {
    this.closeSheet();
    await this.keep(attempt((session) => session.moveToAudience(seat.user_id)));
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

  private share = async (): Promise<void> => {
    const { config, words, announce } = deps();
    const { snapshot } = this.session.value;
    if (!snapshot) return;
    const url = new URL(`${config.prefix}/${encodeURIComponent(snapshot.space.id)}`, location.href).href;
    try {
      if (narrow.matches && 'share' in navigator) await navigator.share({ title: snapshot.space.title, url });
      else {
        await navigator.clipboard.writeText(url);
        this.copied();
        announce(words.copied, true);
      }
    } catch (error) {
      if ((error as Error).name !== 'AbortError') window.prompt(words.copyLink, url);
    }
  };

  private copied(): void {
    this.hasCopied = true;
    setTimeout(() => (this.hasCopied = false), 2000);
  }

  private openSeat = (seat: Seat): void => this.openSheet({ kind: 'seat', seat });

  private openSound = async (event: Event): Promise<void> => {
    this.openSheet({ kind: 'sound', devices: null }, event);
    await attempt(async (session) => {
      const devices = await session.devices();
      if (this.sheet?.kind === 'sound') this.sheet = { kind: 'sound', devices };
    });
  };

  private openSheet(shown: Sheet, event?: Event): void {
    this.returnTo = (event?.currentTarget as HTMLElement | undefined) ?? (this.shadowRoot?.activeElement as HTMLElement | null);
    this.sheet = shown;
  }

  private closeSheet = (): void => {
    this.sheet = null;
  };

  private cancelSheet = (event: Event): void => {
    event.preventDefault();
    this.closeSheet();
  };

  private escapeSheet = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.closeSheet();
  };

  private pressBeside = (event: MouseEvent): void => {
    if (this.side && isOutside(this.side, event)) this.closeSheet();
    else if ((event.target as Element).closest('a') && narrow.matches) this.fold();
  };

  private moveTab = (event: KeyboardEvent): void => {
    const order: Tab[] = ['requests', 'stage', 'audience'];
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const forward = this.matches(':dir(rtl)') ? 'ArrowLeft' : 'ArrowRight';
    const step = event.key === forward ? 1 : -1;
    this.tab = order[(order.indexOf(this.tab) + step + order.length) % order.length] ?? 'requests';
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
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

  private swipe = (event: PointerEvent): void => {
    if (narrow.matches) swipeDown(event, this.box, this.fold);
  };

  /** Dialogs lose their layer when the page moves the dock, and change their kind with the window's width. */
  private fit = (): void => {
    if (!this.isConnected || !this.hasUpdated) return;
    present(this.box, narrow.matches);
    if (this.side) present(this.side, narrow.matches);
  };
}

const skeleton = html`<div class="skeleton" aria-hidden="true">${[1, 2, 3, 4].map(() => html`<i></i>`)}</div>`;
