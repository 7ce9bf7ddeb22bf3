/**
 * `<spaces-create>`: from a title to being live, or to a planned Space; and the same sheet for changing one that is planned.
 *
 * @element spaces-create
 * @fires spaces-created - The Space is live or planned; `detail` is its snapshot. Bubbles.
 * @csspart button - Each button.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Topic } from '../../core/calls';
import { EMPTY_DRAFT, createDrafts, openPart, type Draft } from '../../core/draft';
import { firstOffer, ownZone, type Misfit } from '../../core/moments';
import { planCalls } from '../../core/plan-calls';
import type { Card, Problem, Snapshot } from '../../core/types';
import dialogSheet from '../../styles/dialog.css?inline';
import knob from '../../styles/switch.css?inline';
import sheet from '../../styles/create.css?inline';
import covers from '../../styles/cover.css?inline';
import whenSheet from '../../styles/create-when.css?inline';
import { asProblem, attempt, deps } from '../context';
import { LONGEST_TITLE, cardField, coverField, microphoneField, modeField, optionFields, subjectField, topicField } from './create-fields';
import { otherWays } from './create-links';
import { plannedCard } from './create-planned';
import { changesOf, draftOf, newSpaceOf } from './create-sending';
import { limits, misfitOf, readWall, whenField } from './create-when';
import { UNFOLD } from '../room/dock';
import { problemLine } from '../room/dock-parts';
import { icon } from '../icons';
import { MicrophoneCheck } from '../microphone-check';
import { isOutside } from '../modal';
import { share } from '../sharing';
import { styled } from '../styles';

type Field = 'title' | 'topics' | 'when';

/** Where the sheet has what the API calls so. */
const FIELDS: Partial<Record<string, Field>> = { title: 'title', topic_ids: 'topics', scheduled_start: 'when' };

const isOfTheHour = (kind: Misfit['kind']): boolean => kind === 'no_time' || kind === 'skipped';

const drafts = createDrafts(() => sessionStorage);

export class SpacesCreate extends LitElement {
  static override styles = styled(dialogSheet, knob, sheet, whenSheet, covers);

  /** A planned Space to change; without it, a new one. */
  @property({ attribute: false }) edited: Snapshot | null = null;
  /** The post that a new Space starts from. */
  @property({ attribute: false }) card: Partial<Card> | null = null;
  /** What the sheet opens on; without it, what the draft was about. */
  @property({ attribute: false }) mode: Draft['mode'] | null = null;

  @state() private draft: Draft = EMPTY_DRAFT;
  @state() private wrong: Partial<Record<Field, string>> = {};
  @state() private problem: Problem | null = null;
  @state() private busy = false;
  @state() private topics: Topic[] | null = null;
  @state() private used: number | null = null;
  @state() private planned: Snapshot | null = null;
  @state() private hasCopied = false;
  @query('dialog') private dialog!: HTMLDialogElement;

  private readonly check = new MicrophoneCheck(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.edited) this.draft = draftOf(this.edited.space);
    else this.draft = openPart({ ...(drafts.find(this.member) ?? EMPTY_DRAFT), card_ids: this.card?.id ? [this.card.id] : [] }, this.mode, deps().config);
    if (this.draft.mode === 'later') this.beginPlanning();
    const { api } = deps();
    api.topics().then((topics) => (this.topics = topics), () => (this.topics = []));
    if (this.card?.id && !this.card.text)
      planCalls(api).ownCards().then((cards) => (this.card = cards.find(({ id }) => id === this.card?.id) ?? this.card), () => undefined);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.check.stop();
  }

  protected override firstUpdated(): void {
    if (!this.edited) deps().prefetch();
    this.dialog.showModal();
    this.focusOn('#subject');
  }

  protected override render(): TemplateResult {
    const { words } = deps();
    const { plan } = words;
    const heading = this.planned ? plan.planned : this.edited ? plan.editTitle : words.newSpace;
    return html`<dialog class="create" aria-labelledby="title" @close=${() => this.remove()} @click=${this.press}>
      <span class="grip"></span>
      <form class="scroll" id="form" novalidate @submit=${this.send}>
        <div class="top">
          <h2 class="title" id="title" tabindex="-1">${heading}</h2>
          <button class="button bare round close" part="button" type="button" aria-label=${words.dismiss} @click=${this.close}>${icon('x')}</button>
        </div>
        ${this.planned
          ? plannedCard(this.planned.space, this.hasCopied, { share: () => void this.shareIt(), edit: this.editAgain })
          : this.fields()}
      </form>
      <div class="foot">
        ${this.problem ? this.refusal(this.problem) : nothing}
        ${this.planned ? this.plannedEnd() : this.end()}
      </div>
    </dialog>`;
  }

  private fields(): TemplateResult {
    const { draft, wrong } = this;
    const isLater = draft.mode === 'later';
    return html`${this.edited ? nothing : modeField(draft.mode, this.choose)}
      ${subjectField(draft.title, wrong.title ?? '', this.writeTitle)}
      <div class="looks">
        ${topicField(this.topics, draft.topic_ids, wrong.topics ?? '', (topic_ids) => this.write({ topic_ids }, 'topics'))}
        ${isLater ? coverField(draft.cover, (change) => this.write(change)) : nothing}
      </div>
      ${isLater ? whenField(draft, wrong.when ?? '', ({ day, time }) => this.write({ day, time }, 'when'), this.leaveWhen) : nothing}
      ${this.card ? cardField(this.card, this.dropCard) : nothing} ${optionFields(draft, (change) => this.write(change))}
      ${isLater ? nothing : microphoneField(this.check)} ${this.edited ? nothing : otherWays()}`;
  }

  private end(): TemplateResult {
    const { words } = deps();
    const { plan } = words;
    const isLater = this.draft.mode === 'later';
    const waiting = this.edited?.space.subscriber_count ?? 0;
    const note = this.edited
      ? waiting && plan.subscribersAreTold(waiting)
      : isLater ? this.used !== null && plan.upcomingUsed(this.used, limits().upcoming) : words.recording.nowNote(this.draft.is_recorded);
    return html`<div class="last">
      <small class="num">${note || nothing}</small>
      <button class="button tall cancel" part="button" type="button" @click=${this.close}>${words.cancel}</button>
      <button
        class="button tall ${isLater ? 'primary' : 'live'}"
        part="button"
        type="submit"
        form="form"
        data-action=${this.edited ? 'save' : isLater ? 'schedule' : 'goLive'}
        aria-busy=${String(this.busy)}
        aria-disabled=${String(this.busy)}
      >
        ${isLater ? nothing : icon('broadcast')}${this.edited ? plan.save : isLater ? plan.schedule : words.goLive}
      </button>
    </div>`;
  }

  private plannedEnd(): TemplateResult {
    const { plan } = deps().words;
    return html`<div class="last">
      <small></small>
      <button class="button primary tall" part="button" type="button" data-action="done" @click=${this.close}>${plan.done}</button>
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

  private get member(): string {
    return deps().config.me?.user_id ?? '';
  }

  /** Takes a change, and what was said about its field back. */
  private write(change: Partial<Draft>, field?: Field): void {
    this.draft = { ...this.draft, ...change };
    if (field) this.wrong = { ...this.wrong, [field]: '' };
    if (!this.edited) drafts.keep(this.member, this.draft);
  }

  private writeTitle = (title: string): void => {
    this.write({ title });
    this.wrong = { ...this.wrong, title: [...title.trim()].length > LONGEST_TITLE ? deps().words.createTitleLong : '' };
  };

  private choose = (mode: Draft['mode']): void => {
    this.problem = null;
    this.write({ mode });
    if (mode === 'later') this.beginPlanning();
  };

  private beginPlanning(): void {
    this.check.stop();
    if (!this.draft.day && !this.draft.time) this.write(firstOffer(Date.now(), ownZone()));
    if (this.edited || this.used !== null) return;
    deps().api.spaces({ scope: 'mine', state: 'scheduled' }).then(({ data }) => (this.used = data.length), () => undefined);
  }

  /** A day half typed is no mistake yet: it is looked at when the member goes on. */
  private leaveWhen = (): void => {
    if (this.draft.day && this.draft.time && !this.keepsStart()) this.wrong = { ...this.wrong, when: misfitOf(readWall(this.draft), this.draft) };
  };

  /** Whether a planned Space keeps the start that it has, even one that has just passed. */
  private keepsStart(): boolean {
    const before = this.edited ? draftOf(this.edited.space) : null;
    return before !== null && before.day === this.draft.day && before.time === this.draft.time;
  }

  private dropCard = (): void => {
    this.card = null;
    this.write({ card_ids: [] });
    this.focusOn('#subject');
  };

  private send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.busy || this.planned) return;
    const { draft } = this;
    const title = draft.title.trim();
    const reading = draft.mode === 'later' && !this.keepsStart() ? readWall(draft) : null;
    this.wrong = {
      title: title ? (this.wrong.title ?? '') : deps().words.createTitleMissing,
      when: reading ? misfitOf(reading, draft) : '',
    };
    if (this.wrong.title) return this.focusOn('#subject');
    if (this.wrong.when) return this.focusOn(reading && 'kind' in reading && isOfTheHour(reading.kind) ? '[name="time"]' : '[name="day"]');
    this.busy = true;
    this.problem = null;
    try {
      const start = reading && 'moment' in reading ? new Date(reading.moment).toISOString() : undefined;
      if (this.edited) await this.save(this.edited, start);
      else await this.begin(start);
    } catch (error) {
      this.refused(asProblem(error));
    } finally {
      this.busy = false;
    }
  };

  private async begin(scheduled_start?: string): Promise<void> {
    const snapshot = await deps().api.create(newSpaceOf(this.draft, scheduled_start));
    drafts.forget();
    this.dispatchEvent(new CustomEvent('spaces-created', { detail: snapshot, bubbles: true, composed: true }));
    if (snapshot.space.state === 'live') await this.enter(snapshot.space.id);
    else this.showPlanned(snapshot);
  }

  private async save({ space }: Snapshot, scheduled_start?: string): Promise<void> {
    const changes = changesOf(space, this.draft, scheduled_start);
    const { api, take, announce, words } = deps();
    if (Object.keys(changes).length) {
      take(await api.edit(space.id, changes));
      announce(words.plan.isChanged);
    }
    this.close();
  }

  private showPlanned(snapshot: Snapshot): void {
    this.planned = snapshot;
    deps().announce(deps().words.plan.planned);
    this.focusOn('#title');
  }

  /** Beside its field where there is one. */
  private refused(problem: Problem): void {
    const { title, detail } = problem;
    const field = FIELDS[String(problem['field'])];
    if (field) {
      this.wrong = { ...this.wrong, [field]: `${title} ${detail}`.trim() };
      this.focusOn({ title: '#subject', topics: '.chip', when: '[name="time"]' }[field]);
    } else this.problem = problem;
    deps().announce(title, true);
  }

  private focusOn(part: string): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(part)?.focus());
  }

  private editAgain = (): void => {
    const again = document.createElement('spaces-create') as SpacesCreate;
    again.edited = this.planned;
    this.after(again);
    this.close();
  };

  private shareIt = async (): Promise<void> => {
    if (this.planned) this.hasCopied = await share(this.planned.space);
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
    if (isOutside(this.dialog, event) && !this.draft.title) this.close();
  };

  private close = (): void => this.dialog.close();
}
