/**
 * `<spaces-replay-timeline>`: who talked when, in a lane for each, chapters above and reactions below, under one playhead.
 * To the keyboard and the ear it is one slider.
 *
 * @element spaces-replay-timeline
 * @fires spaces-seek - Somebody chose a place; `detail` is `{at_s}`. Bubbles.
 */

import { LitElement, html, nothing, svg, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import { guard } from 'lit/directives/guard.js';
import { chapterAt, chapterSpans } from '../../replay/chapters';
import { HEIGHT, WIDTH, reactionCurve } from '../../replay/curve';
import { stepOf } from '../../replay/keys';
import { LANES, lanesOf, mergedLane, pillsOf, type Lane, type Pill } from '../../replay/lanes';
import type { Recording } from '../../replay/recording';
import { voicesAt } from '../../replay/voices';
import { replayWords as words } from '../../replay/words';
import sheet from '../../styles/replay-timeline.css?inline';
import { face } from '../face';
import { firstName } from '../monogram';
import { applause } from './replay-icons';
import { styled } from '../styles';
import { clock } from '../time';
import { variables } from '../variables';

const PAGE = 60;
/** Seconds that may pass before a slider that has the focus says by itself where it is: some voices read each change. */
const SAID_EACH = 15;

export class SpacesReplayTimeline extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) recording!: Recording;
  @property({ type: Number }) at_s = 0;
  /** One lane for all, with the names under it. */
  @property({ type: Boolean, reflect: true }) narrow = false;
  @property({ type: Boolean }) playing = false;
  @state() private showsAll = false;
  /** Where the finger is, while it drags. */
  @state() private held_s: number | null = null;
  @query('.tracks') private tracks!: HTMLElement;

  /** Times of what was chosen last: several presses in a row count from there, not from what has been heard yet. */
  private chosen_s: number | null = null;
  /** The place as it is read aloud. */
  private said_s = 0;

  protected override willUpdate(changed: PropertyValues): void {
    const shown = this.held_s ?? this.at_s;
    const isFocused = this.shadowRoot?.activeElement?.classList.contains('tracks');
    const goesOn = isFocused && this.playing && this.held_s === null && this.chosen_s === null;
    if (!goesOn || Math.abs(shown - this.said_s) >= SAID_EACH) this.said_s = shown;
    if (changed.has('at_s')) this.chosen_s = null;
  }

  protected override render(): TemplateResult {
    const { recording } = this;
    const shown = this.held_s ?? this.at_s;
    const now = recording.duration_s ? Math.min(1, shown / recording.duration_s) : 0;
    const voices = voicesAt(recording.turns, shown);
    const said = this.said_s;
    const heard = said === shown ? voices : voicesAt(recording.turns, said);
    const lanes = this.narrow ? [] : lanesOf(recording, this.showsAll);
    return html`<div class="time" ${variables({ '--now': now, '--lanes': this.narrow ? 1 : lanes.length })}>
      ${this.chapterRow(shown)}
      ${this.narrow ? nothing : html`<ul class="names" role="list">
        ${lanes.map((lane) => this.name(lane, voices))}
        ${this.hasReactions ? html`<li class="name low">${applause()}<span>${words.reactions}</span></li>` : nothing}
      </ul>`}
      <div
        class="tracks"
        role="slider"
        tabindex="0"
        aria-label=${words.timeline}
        aria-valuemin="0"
        aria-valuemax=${Math.floor(recording.duration_s)}
        aria-valuenow=${Math.floor(said)}
        aria-valuetext=${words.place(said, recording.duration_s, heard.map((id) => this.nameOf(id)), this.chapterTitle(said))}
        @keydown=${this.press}
        @pointerdown=${this.hold}
        @pointermove=${this.drag}
        @pointerup=${this.drop}
        @pointercancel=${this.drop}
      >
        ${guard([recording, this.showsAll, this.narrow], () => this.drawing(lanes))}
        <i class="head"></i>
        <span class="bubble num" aria-hidden="true">${clock(Math.floor(shown))}</span>
      </div>
    </div>
    ${this.narrow ? this.cast(voices) : this.showsAll ? this.fewer() : nothing}`;
  }

  private get hasReactions(): boolean {
    return this.recording.reactions.some(({ count }) => count > 0);
  }

  private drawing(lanes: Lane[]): unknown {
    const { recording } = this;
    const curve = reactionCurve(recording);
    return html`${(this.narrow ? [mergedLane(recording)] : lanes.map(({ pills }) => pills)).map((pills) => html`<div class="lane">${pills.map(pill)}</div>`)}
      ${curve.line
        ? svg`<svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
            <path class="area" d=${curve.area}></path><path class="line" d=${curve.line}></path>
          </svg>`
        : nothing}
      ${recording.gaps.map((gap) => pillsOf([gap], recording.duration_s).map((place) => hole(place, gap.reason)))}`;
  }

  /** For the pointer; the list of chapters beside is for everybody. */
  private chapterRow(at_s: number): TemplateResult | typeof nothing {
    const { chapters, duration_s } = this.recording;
    if (!chapters.length || this.narrow) return nothing;
    const here = chapterAt(chapters, at_s);
    return html`<div class="chapters" aria-hidden="true">
      ${chapterSpans(chapters, duration_s).map(
        ({ at_s: from_s, to_s, title }, place) => html`<button
          class=${classMap({ chapter: true, here: place === here })}
          type="button"
          tabindex="-1"
          dir="auto"
          title=${title}
          ${variables({ '--from': from_s / duration_s, '--size': (to_s - from_s) / duration_s })}
          @click=${() => this.choose(from_s)}
        >
          ${title}
        </button>`,
      )}
    </div>`;
  }

  private name({ talkers }: Lane, voices: string[]): TemplateResult {
    const [first] = talkers;
    if (talkers.length > 1)
      return html`<li class="name">
        <button
          class="rest"
          type="button"
          dir="auto"
          @click=${() => (this.showsAll = true)}
        >
          ${words.moreVoices(talkers.length)}<span class="sr">: ${words.showMore(words.names(talkers.map(({ profile }) => profile.name)))}</span>
        </button>
      </li>`;
    if (!first) return html``;
    return html`<li class=${classMap({ name: true, talks: voices.includes(first.user_id) })} title=${first.profile.name}>
      ${face(first.profile, 26)}<span dir="auto">${firstName(first.profile)}</span>
    </li>`;
  }

  private cast(voices: string[]): TemplateResult {
    return html`<ul class="cast" role="list">
      ${this.recording.speakers.map(
        ({ user_id, profile }) => html`<li class=${classMap({ name: true, talks: voices.includes(user_id) })}>
          ${face(profile, 26)}<span dir="auto">${firstName(profile)}</span>
        </li>`,
      )}
    </ul>`;
  }

  private fewer(): TemplateResult | typeof nothing {
    return this.recording.speakers.length > LANES
      ? html`<button class="rest fewer" type="button" @click=${() => (this.showsAll = false)}>${words.fewer}</button>`
      : nothing;
  }

  private nameOf(user_id: string): string {
    const talker = this.recording.speakers.find((one) => one.user_id === user_id);
    return talker ? firstName(talker.profile) : '';
  }

  private chapterTitle(at_s: number): string {
    const { chapters } = this.recording;
    return chapters[chapterAt(chapters, at_s)]?.title ?? '';
  }

  private choose(at_s: number): void {
    const place = Math.min(Math.max(0, at_s), this.recording.duration_s);
    this.chosen_s = place;
    this.dispatchEvent(new CustomEvent('spaces-seek', { detail: { at_s: place }, bubbles: true, composed: true }));
  }

  private placeOf({ clientX }: PointerEvent): number {
    const { left, right, width } = this.tracks.getBoundingClientRect();
    const along = (this.matches(':dir(rtl)') ? right - clientX : clientX - left) / width;
    return Math.min(1, Math.max(0, along)) * this.recording.duration_s;
  }

  private hold = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.tracks.setPointerCapture(event.pointerId);
    this.held_s = this.placeOf(event);
  };

  private drag = (event: PointerEvent): void => {
    if (this.held_s !== null) this.held_s = this.placeOf(event);
  };

  private drop = (event: PointerEvent): void => {
    if (this.held_s === null) return;
    const place = this.held_s;
    this.held_s = null;
    if (event.type === 'pointerup') this.choose(place);
  };

  /** As a slider has them; the page's own keys are told apart by what stays unhandled here. */
  private press = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const from = this.chosen_s ?? this.at_s;
    const step = stepOf(event.shiftKey);
    const ahead = this.matches(':dir(rtl)') ? -step : step;
    const to = {
      ArrowRight: from + ahead,
      ArrowLeft: from - ahead,
      ArrowUp: from + step,
      ArrowDown: from - step,
      PageUp: from + PAGE,
      PageDown: from - PAGE,
      Home: 0,
      End: this.recording.duration_s,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(to);
  };
}

const pill = ({ from, size }: Pill): TemplateResult => html`<i class="pill" ${variables({ '--from': from, '--size': size })}></i>`;

const hole = ({ from, size }: Pill, reason: 'interrupted' | 'withdrawn'): TemplateResult =>
  html`<i
    class="hole"
    data-reason=${reason}
    title=${reason === 'withdrawn' ? words.takenOutHere : words.missingHere}
    ${variables({ '--from': from, '--size': size })}
  ></i>`;
