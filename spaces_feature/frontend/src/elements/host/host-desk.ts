/**
 * `<spaces-host-desk>`: the middle of the room for whoever runs it: who is on stage, and as tabs the queue, the whole
 * stage and the audience.
 *
 * @element spaces-host-desk
 * @fires spaces-show - A sheet is to open; `detail` is the `Sheet`.
 */

import { LitElement, html, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { hostOf } from '../../core/seats';
import type { Problem, SessionState, Snapshot, SpeakRequest } from '../../core/types';
import desk from '../../styles/host-desk.css?inline';
import room from '../../styles/room.css?inline';
import { asProblem, attempt, deps } from '../context';
import { Crowd } from '../room/crowd';
import { actionsOn, may } from './host-rules';
import { hostTabs, type Tab } from './host-tabs';
import { icon } from '../icons';
import { firstName } from '../monogram';
import { audience, requests, stage, type Answer, type StageOptions } from '../room/room-parts';
import { joined, rest } from '../sheet-parts';
import { show } from '../side-sheet';
import { styled } from '../styles';
import { EachSecond } from '../time';

const FIRST_ROW = 4;

export class SpacesHostDesk extends LitElement {
  static override styles = styled(room, desk);

  @property({ attribute: false }) snapshot!: Snapshot;
  @property({ attribute: false }) state!: SessionState;

  @state() private tab: Tab = 'requests';
  @state() private answering: ReadonlyMap<string, Answer> = new Map();
  @state() private troubles: ReadonlyMap<string, Problem> = new Map();

  private readonly crowd = new Crowd(
    (cursor) => deps().api.participants(this.snapshot.space.id, cursor),
    () => this.requestUpdate(),
    asProblem,
  );

  constructor() {
    super();
    new EachSecond(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.crowd.stop();
  }

  protected override willUpdate(): void {
    this.crowd.heard(this.snapshot.space.participant_count);
  }

  protected override render(): TemplateResult {
    const { snapshot } = this;
    return html`${stage(snapshot.stage.slice(0, FIRST_ROW), this.state, { ...this.seats(), size: 60, untagged: true })}
      ${hostTabs(this.tab, snapshot, this.choose)}
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby="tab-${this.tab}">
        ${this.tab === 'stage' ? this.wholeStage() : guard(this.drawn(), () => (this.tab === 'requests' ? this.queue() : this.everybody()))}
      </div>`;
  }

  /** What queue and audience are drawn from: voices change ten times a second, and hundreds of faces need not. */
  private drawn(): unknown[] {
    const second = Math.floor(Date.now() / 1000);
    return [this.tab, this.snapshot, this.answering, this.troubles, this.crowd.version, this.tab === 'requests' ? second : 0];
  }

  private queue(): TemplateResult {
    const { hosting: w } = deps().words;
    const { snapshot } = this;
    if (!snapshot.requests.length)
      return html`<div class="empty">
        <p>${snapshot.space.speak === 'invited' ? w.askingIsOff : w.noRequests}</p>
        ${may(snapshot, 'invite') ? html`<p class="soft">${w.noRequestsLine}</p>` : ''}
      </div>`;
    const host = hostOf(snapshot)?.profile;
    return requests(snapshot.requests, {
      viewer: snapshot.me.role,
      host: host ? firstName(host) : '',
      act: ({ profile }) => show(this, { kind: 'person', profile }),
      isActionable: this.isActionable,
      answer: (request, answer) => void this.answer(request, answer),
      answering: this.answering,
      troubles: this.troubles,
    });
  }

  private wholeStage(): TemplateResult {
    const { hosting: w } = deps().words;
    const free = html`<li>
      <button class="free" part="seat" type="button" data-action="inviteSeat" aria-haspopup="dialog" @click=${() => show(this, { kind: 'invite' })}>
        <span class="spot">${icon('plus')}</span><span class="name">${w.invite}</span>
      </button>
    </li>`;
    return stage(this.snapshot.stage, this.state, { ...this.seats(), more: may(this.snapshot, 'invite') ? free : undefined });
  }

  private everybody(): TemplateResult {
    const { listeners, stage: seats } = this.snapshot;
    const seated = new Set(seats.map(({ user_id }) => user_id));
    const rows = joined(this.crowd.rows, listeners.sample).filter(({ profile }) => !seated.has(profile.user_id));
    return audience(listeners.count, rows, {
      act: ({ profile, joined_at }) => show(this, { kind: 'person', profile, ...(joined_at ? { joined_at } : {}) }),
      isActionable: this.isActionable,
      more: rest(this.crowd),
    });
  }

  private seats(): StageOptions {
    return {
      act: ({ profile }) => show(this, { kind: 'person', profile }),
      own: () => show(this, { kind: 'consent' }),
      isActionable: this.isActionable,
    };
  }

  private isActionable = (user_id: string): boolean => actionsOn(this.snapshot, user_id).length > 0;

  private choose = (tab: Tab): void => {
    this.tab = tab;
    if (tab === 'audience') void (this.crowd.rows.length ? this.crowd.refresh() : this.crowd.more());
  };

  /** The row stays until the server has answered; a refusal is told in it. */
  private async answer(request: SpeakRequest, answer: Answer): Promise<void> {
    const { user_id, profile } = request;
    const { hosting: w } = deps().words;
    this.answering = new Map(this.answering).set(user_id, answer);
    const had = this.shadowRoot?.activeElement?.closest('.request');
    const problem = await attempt((session) => (answer === 'accept' ? session.accept(user_id) : session.decline(user_id)));
    this.answering = without(this.answering, user_id);
    this.troubles = problem ? new Map(this.troubles).set(user_id, problem) : without(this.troubles, user_id);
    const name = firstName(profile);
    if (!problem) deps().announce(answer === 'accept' ? w.isAccepted(name) : w.isDeclined(name));
    await this.updateComplete;
    if (!had || had.isConnected || this.shadowRoot?.activeElement) return;
    // To who is next, but to no button that answers: a second tap shall not answer for somebody else.
    const next = this.renderRoot.querySelector<HTMLElement>('.request button.name');
    (next ?? this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]'))?.focus();
  }
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
