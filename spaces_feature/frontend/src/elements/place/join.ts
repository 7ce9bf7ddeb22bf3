/**
 * `<spaces-join>`: who is on stage and what happens next, before anything sounds.
 *
 * @element spaces-join
 * @csspart button - Listen and the ways out.
 * @csspart badge - Live.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { isOpen } from '../../core/flags';
import { NAMES_ONLY } from '../../core/problems';
import type { Problem, Snapshot, StripEntry } from '../../core/types';
import dialogSheet from '../../styles/dialog.css?inline';
import knob from '../../styles/switch.css?inline';
import sheet from '../../styles/join.css?inline';
import { recBadge } from '../badges';
import { asProblem, attempt, deps } from '../context';
import type { Watched } from '../../core/deps';
import { UNFOLD } from '../room/dock';
import { problemLine } from '../room/dock-parts';
import { bars, faces } from '../face';
import { joinLine, planLine } from '../recording/recording-law';
import { icon } from '../icons';
import { wayIn } from './join-way';
import { isOutside } from '../modal';
import { SharingNote } from '../sharing-note';
import { firstName } from '../monogram';
import { tellOpened } from '../opened';
import { styled } from '../styles';
import { span, secondsSince } from '../time';
import { toggle } from '../toggle';

const SEATS = 8;

export class SpacesJoin extends LitElement {
  static override styles = styled(dialogSheet, knob, sheet);

  @property() spaceId = '';

  @state() private snapshot: Snapshot | null = null;
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  @state() private isAnonymous = false;
  @query('dialog') private dialog!: HTMLDialogElement;

  private readonly sharing = new SharingNote(this);
  private watched: Watched | null = null;
  private unsubscribe: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    deps().prefetch();
    this.watched = deps().watch(this.spaceId);
    this.snapshot = this.watched.get();
    this.unsubscribe = this.watched.subscribe((snapshot) => {
      if (snapshot) this.snapshot = snapshot;
    });
    void this.fetch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unsubscribe?.();
    this.watched?.close();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('snapshot') && this.snapshot?.space.state === 'live') tellOpened(this.spaceId);
  }

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { words } = deps();
    return html`<dialog aria-labelledby="title" @close=${this.gone} @click=${this.press}>
      <span class="grip"></span>
      <div class="scroll">
        <div class="top">
          ${this.snapshot ? this.badges(this.snapshot) : nothing}
          <button class="button bare round close" part="button" type="button" aria-label=${words.dismiss} @click=${this.close}>
            ${icon('x')}
          </button>
        </div>
        ${this.snapshot ? this.about(this.snapshot) : this.waiting()}
      </div>
      <div class="foot">${this.problem ? problemLine(this.problem) : nothing}${this.way()}</div>
    </dialog>`;
  }

  private badges({ space, listeners }: Snapshot): TemplateResult {
    const { words } = deps();
    if (space.state !== 'live')
      return html`<span class="badge" part="badge">${space.state === 'scheduled' ? words.scheduledTag : words.endedTag}</span>`;
    return html`<span class="badge live" part="badge">${bars} ${words.live}</span>
      ${recBadge(space)} ${listeners.count ? html`<span class="count num">${words.listening(listeners.count)}</span>` : nothing}`;
  }

  private about(snapshot: Snapshot): TemplateResult {
    const { words } = deps();
    const { space, stage } = snapshot;
    if (space.state !== 'live')
      return html`<h2 class="title lede" id="title" dir="auto">${space.title}</h2>
        <p class="why">${space.state === 'scheduled' ? `${words.notStarted} ${planLine(space, words.recording)}` : this.over(snapshot)}</p>`;
    const blocked = stage.filter((seat) => seat.is_blocked_by_me);
    const shown = stage.slice(0, SEATS);
    return html`<h2 class="title lede" id="title" dir="auto">${space.title}</h2>
      <p class="why">${this.why(snapshot)}</p>
      <ul class="stage" role="list" aria-label=${words.stage}>
        ${shown.map((seat) => {
          const { talking, levels, space_id } = deps().session.get();
          const here = space_id === space.id;
          return html`<li>
            <spaces-seat
              exportparts="seat, ring, badge"
              .seat=${seat}
              .talking=${here && talking.includes(seat.user_id)}
              .level=${(here && levels[seat.user_id]) || 0}
              .own=${seat.user_id === snapshot.me.user_id}
            ></spaces-seat>
          </li>`;
        })}
      </ul>
      ${stage.length > SEATS ? html`<p class="more num">${words.more(stage.length - SEATS)}</p>` : nothing}
      ${blocked.length
        ? html`<p class="problem warn" role="note">
            ${icon('warning')}<span><b>${words.blockedSpeaker}</b> ${words.blockedLine(blocked.map(({ profile }) => firstName(profile)))}</span>
          </p>`
        : nothing}
      ${this.kept(snapshot)} ${this.known(snapshot)} ${this.unlisted(snapshot)}`;
  }

  private over({ space }: Snapshot): string {
    const { words } = deps();
    const lasted = words.lasted(span(secondsSince(space.started_at, space.ended_at)), 0);
    return `${lasted} ${space.is_recorded ? words.recording.wasRecorded : words.notRecorded}`;
  }

  /** The strip's own reason, else who hosts. */
  private why({ space, stage }: Snapshot): string {
    const entry = deps().strip.get().find((one: StripEntry) => one.space?.id === space.id);
    const host = stage.find(({ role }) => role === 'host');
    return entry?.reason?.text ?? (host ? deps().words.isHosting(firstName(host.profile)) : '');
  }

  /** What of the Space is kept, before anything is said in it. */
  private kept(snapshot: Snapshot): TemplateResult | typeof nothing {
    const line = joinLine(snapshot, deps().words.recording);
    if (!line) return nothing;
    return html`<p class="keeps" role="note">${icon(snapshot.space.recording === 'off' ? 'scissors' : 'record')}<span>${line}</span></p>`;
  }

  private known({ listeners }: Snapshot): TemplateResult | typeof nothing {
    const [one, two, ...rest] = listeners.sample;
    if (!one) return nothing;
    const names = [one, two].flatMap((profile) => (profile ? [firstName(profile)] : []));
    return html`<p class="known">
      ${faces([one, two, rest[0]].flatMap((profile) => profile ?? []), 34)}
      <span>${deps().words.alsoListening(names, Math.max(0, listeners.count - names.length))}</span>
    </p>`;
  }

  /** Only for who would be listed: everyone on stage is seen anyway. */
  private mayHide(snapshot: Snapshot | null): boolean {
    const mayAnybody = isOpen(deps().config, 'spaces.anonymous') && snapshot?.space.allows_anonymous === true;
    return mayAnybody && snapshot.me.role === 'listener';
  }

  private unlisted(snapshot: Snapshot): TemplateResult | typeof nothing {
    const { words } = deps();
    if (!this.mayHide(snapshot)) return nothing;
    const { listenUnlisted: title, listenUnlistedLine: line } = words;
    return toggle('hidden', title, line, this.isAnonymous, (isOn) => (this.isAnonymous = isOn));
  }

  private waiting(): TemplateResult {
    if (this.problem) return html`<h2 class="title lede" id="title">${deps().words.cannotOpen}</h2>`;
    return html`<h2 class="sr" id="title">${deps().words.opening}</h2>
      <div class="bones" aria-hidden="true"><i></i><i></i><span><i></i><i></i><i></i><i></i></span></div>`;
  }

  private way(): TemplateResult {
    const { words } = deps();
    const { snapshot, problem } = this;
    const way = wayIn(snapshot, problem, deps().config);
    if (way === 'closed' || way === 'not_open')
      return html`${way === 'not_open' ? html`<p class="note">${words.listeningNotOpen}</p>` : nothing}
        <button class="button tall wide" part="button" type="button" @click=${this.close}>${words.dismiss}</button>`;
    if (way === 'try_again')
      return html`<button class="button primary tall wide" part="button" type="button" @click=${this.fetch}>${words.tryAgain}</button>`;
    const isMine = snapshot?.me.role === 'host';
    return html`<button
        class="button live listen wide"
        part="button"
        type="button"
        data-action="listen"
        autofocus
        ?disabled=${!snapshot || this.busy}
        @click=${this.listen}
      >
        ${icon('headphones')}${isMine ? words.comeBack : words.listen}
      </button>
      <p class="note">${isMine ? words.youStartMuted : words.joinMuted}</p>
      ${isMine || this.isAnonymous ? nothing : this.sharing.render()}`;
  }

  private fetch = async (): Promise<void> => {
    this.problem = null;
    try {
      this.snapshot ??= await deps().api.snapshot(this.spaceId);
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>('[autofocus]')?.focus();
    } catch (error) {
      this.problem = asProblem(error);
      deps().announce(this.problem.title, true);
    }
  };

  private listen = async (): Promise<void> => {
    this.busy = true;
    this.sharing.keep();
    const options = { is_anonymous: this.isAnonymous && this.mayHide(this.snapshot), tapped_at: Date.now() };
    const result = attempt((session) => session.listen(this.spaceId, options));
    this.problem = await result;
    this.busy = false;
    if (this.problem?.code === NAMES_ONLY) this.isAnonymous = false;
    if (this.problem) return;
    this.close();
    document.dispatchEvent(new Event(UNFOLD));
  };

  private press = (event: MouseEvent): void => {
    if (isOutside(this.dialog, event)) this.close();
  };

  private close = (): void => this.dialog.close();

  /** A closed native dialog gives the focus back by itself. */
  private gone = (): void => this.remove();
}
