/**
 * Inside of `<spaces-scheduled space-id host-name>`: a Space from its plan to its end, on its own page. What the server
 * wrote stays until there is a live copy.
 *
 * @element spaces-scheduled-view
 * @csspart button - Each button.
 * @csspart badge - The state.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Watched } from '../core/deps';
import { planCalls } from '../core/plan-calls';
import type { Problem, Snapshot, Space } from '../core/types';
import knob from '../styles/switch.css?inline';
import sheet from '../styles/plan.css?inline';
import { asProblem, attempt, deps } from './context';
import { calendarOf, numbersOf, startOf } from './create/create-planned';
import { UNFOLD } from './room/dock';
import { problemLine } from './room/dock-parts';
import { bars } from './face';
import { may, mayReadNumbers } from './host/host-rules';
import { icon } from './icons';
import { planLine } from './recording/recording-law';
import { loadRoomElements } from './openers';
import { doing } from './sheet-parts';
import { share, shareFace } from './sharing';
import { styled } from './styles';
import { EachSecond } from './time';

export class SpacesScheduledView extends LitElement {
  static override styles = styled(knob, sheet);

  @property({ attribute: 'space-id' }) spaceId = '';
  @property({ attribute: 'host-name' }) hostName = '';

  @state() private snapshot: Snapshot | null = null;
  @state() private problem: Problem | null = null;
  @state() private asksCallOff = false;
  @state() private busy = '';
  @state() private hasCopied = false;
  private watched: Watched | null = null;

  constructor() {
    super();
    new EachSecond(this, () => this.snapshot?.space.state === 'scheduled');
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.watched = deps().watch(this.spaceId);
    this.take(this.watched.get());
    this.watched.subscribe(this.take);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watched?.close();
    this.watched = null;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('asksCallOff') || changed.get('asksCallOff') === undefined) return;
    this.renderRoot.querySelector<HTMLElement>(this.asksCallOff ? '.sure button' : '[data-action="callOff"]')?.focus();
  }

  protected override render(): TemplateResult {
    const { snapshot } = this;
    if (!snapshot) return html`<slot></slot>`;
    const { space } = snapshot;
    return html`<div class="plan" data-state=${space.state}>
      <p class="badges">${this.badges(space)}</p>
      <h1 class="title" dir="auto">${space.title}</h1>
      ${this.below(snapshot)}
      <spaces-pins exportparts="button" .snapshot=${snapshot}></spaces-pins>
      ${this.problem ? problemLine(this.problem) : nothing}
    </div>`;
  }

  private badges(space: Space): TemplateResult {
    const { words } = deps();
    const { plan } = words;
    switch (space.state) {
      case 'live':
        return html`<span class="badge live" part="badge">${bars} ${words.live}</span>`;
      case 'scheduled':
        return html`<span class="badge" part="badge">${icon('calendar')}${plan.comingUp}</span>
          ${space.subscriber_count ? html`<span class="num" dir="auto">${plan.waiting(space.subscriber_count)}</span>` : nothing}`;
      case 'canceled':
        return html`<span class="badge" part="badge">${space.end_reason === 'expired' ? plan.expiredTag : plan.canceledTag}</span>`;
      case 'ended':
        return html`<span class="badge" part="badge">${words.endedTag}</span>`;
    }
  }

  private below(snapshot: Snapshot): TemplateResult {
    const { words } = deps();
    const { plan } = words;
    const { space } = snapshot;
    const isMine = this.isMine(space);
    if (space.state === 'ended')
      return html`<p class="soft">${words.endedBy[space.end_reason ?? 'host']} ${space.is_recorded ? words.recording.endedRecorded : plan.isOver}</p>
        ${space.is_recorded ? html`<spaces-kept exportparts="button" .spaceId=${space.id}></spaces-kept>` : nothing}
        ${mayReadNumbers(snapshot) && space.end_reason !== 'switched_off'
          ? html`<p><a class="button" part="button" href=${numbersOf(space)} data-action="numbers">${icon('chart')}${words.hosting.numbers}</a></p>`
          : nothing}`;
    if (space.state === 'canceled') {
      const isExpired = space.end_reason === 'expired';
      const own = isExpired ? plan.youDidNotStart : plan.youCalledOff;
      return html`<p class="soft">${isMine ? own : isExpired ? plan.expiredLine(this.host) : plan.canceledLine(this.host)}</p>`;
    }
    const who = html`<p class="soft">${isMine ? plan.youHost : plan.hosts(this.host)}</p>`;
    const kept = planLine(space, words.recording);
    if (space.state === 'scheduled') return html`${who} ${kept ? html`<p class="soft">${kept}</p>` : nothing} ${this.start(space, isMine)} ${isMine ? this.run(snapshot) : this.wait(snapshot)}`;
    return html`${who}
      <div class="ways">
        <button class="button live listen wide" part="button" type="button" data-action="listen" @click=${this.listen}>
          ${icon('headphones')}${isMine ? words.comeBack : words.listen}
        </button>
        <p class="soft">${isMine ? words.youStartMuted : words.joinMuted}</p>
      </div>`;
  }

  /** When, on this browser's clock, and how far away that is. */
  private start(space: Space, isMine: boolean): TemplateResult {
    const { plan } = deps().words;
    const left = Date.parse(space.scheduled_start ?? '') - Date.now();
    const minutes = Math.ceil(left / 60_000);
    const isLate = left < -60_000;
    return html`<p class="start num">
      <time datetime=${space.scheduled_start ?? ''}>${startOf(space)}</time>
      <small>${isLate ? (isMine ? plan.youAreLate : plan.isLate(this.host)) : plan.startsIn(minutes)}</small>
    </p>`;
  }

  /** For the host. */
  private run(snapshot: Snapshot): TemplateResult {
    const { space } = snapshot;
    const { words } = deps();
    const { plan } = words;
    if (this.asksCallOff)
      return html`<div class="sure" role="group" aria-labelledby="sure">
        <h2 class="title" id="sure">${plan.callOffQuestion}</h2>
        <p class="soft">${plan.callOffLine(space.subscriber_count)}</p>
        <div class="pair">
          ${doing('keep', plan.keepIt, 'tall', false, () => (this.asksCallOff = false))}
          ${doing('reallyCallOff', plan.callOff, 'danger tall', this.busy === 'callOff', this.callOff)}
        </div>
      </div>`;
    const isDue = Date.parse(space.scheduled_start ?? '') - Date.now() < 60_000;
    return html`<div class="ways">
      ${may(snapshot, 'start')
        ? doing('start', html`${icon('broadcast')}${isDue ? plan.startNow : plan.startEarly}`, 'live listen wide', this.busy === 'start', this.begin)
        : nothing}
      <div class="more">
        ${may(snapshot, 'edit') ? doing('edit', html`${icon('pencil')}${plan.edit}`, '', false, this.edit) : nothing}
        ${this.passOn(space)}
        ${may(snapshot, 'cancel')
          ? doing('callOff', html`${icon('prohibit')}${plan.callOff}`, 'risky', false, () => (this.asksCallOff = true))
          : nothing}
      </div>
    </div>`;
  }

  /** For everybody else. */
  private wait({ space, me }: Snapshot): TemplateResult {
    const { reminder } = me;
    return html`<div class="ways">
      <spaces-reminder-view
        exportparts="button"
        .spaceId=${space.id}
        .hasReminder=${Boolean(reminder)}
        .isEarly=${reminder?.is_early ?? false}
      ></spaces-reminder-view>
      <div class="more">${this.passOn(space)}</div>
    </div>`;
  }

  private passOn(space: Space): TemplateResult {
    const { words } = deps();
    const face = shareFace(space);
    return html`<a class="button" part="button" href=${calendarOf(space)} download data-action="calendar" data-turbo="false">
        ${icon('calendarPlus')}${words.plan.addToCalendar}
      </a>
      ${doing('share', html`${icon(this.hasCopied ? 'check' : face.icon)}${this.hasCopied ? words.copied : face.title}`, '', false, () => void this.pass(space))}`;
  }

  private get host(): string {
    return this.hostName || deps().words.host;
  }

  private isMine({ host_ids }: Space): boolean {
    return host_ids[0] === deps().config.me?.user_id;
  }

  /** What changed for who waits is said aloud; a copy that went away leaves what was known. */
  private take = (next: Snapshot | null): void => {
    const before = this.snapshot?.space;
    if (!next) return;
    this.snapshot = next;
    const { space } = next;
    if (!this.hostName) void this.learnHost(space);
    if (!before) return;
    const { announce, words } = deps();
    if (before.state === 'scheduled' && space.state === 'live' && !this.isMine(space)) announce(words.plan.hasStarted(space.title), true);
    else if (before.state === 'scheduled' && space.state === 'canceled') announce(words.plan.isCalledOff, true);
    else if (before.scheduled_start !== space.scheduled_start && space.state === 'scheduled') announce(words.plan.hasMoved(startOf(space)));
  };

  /** The stage is empty until it starts: the list of Spaces knows who hosts. */
  private async learnHost({ id }: Space): Promise<void> {
    const { data } = await deps().api.spaces({ ids: id }).catch(() => ({ data: [] }));
    this.hostName ||= data[0]?.people[0]?.name ?? '';
  }

  private begin = (): void =>
    void this.once('start', async () => {
      await loadRoomElements();
      const { api, take } = deps();
      take(await api.start(this.spaceId));
      const problem = await attempt((session) => session.listen(this.spaceId));
      if (problem) throw problem;
      document.dispatchEvent(new Event(UNFOLD));
    });

  private callOff = (): void =>
    void this.once('callOff', async () => {
      const { api, take } = deps();
      take(await planCalls(api).cancel(this.spaceId));
      this.asksCallOff = false;
    });

  private edit = (): void =>
    void this.once('edit', async () => {
      const { openEdit } = await loadRoomElements();
      if (this.snapshot) openEdit(this.snapshot);
    });

  private listen = (): void =>
    void this.once('listen', async () => {
      const { openJoin } = await loadRoomElements();
      openJoin(this.spaceId);
    });

  private async pass(space: Space): Promise<void> {
    this.hasCopied = await share(space);
    setTimeout(() => (this.hasCopied = false), 2000);
  }

  private async once(name: string, action: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = name;
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = asProblem(error);
      deps().announce(this.problem.title, true);
    } finally {
      this.busy = '';
    }
  }
}
