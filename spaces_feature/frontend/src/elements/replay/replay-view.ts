/**
 * `<spaces-replay-view space-id="...">`: what was said in a Space, to hear again.
 *
 * @element spaces-replay-view
 * @csspart button - Each button.
 * @csspart badge - The badge above the title.
 * @fires spaces-clip - Somebody wants a clip; `detail` is `{space_id, at_s}`, of a suggestion `{from_s, seconds}` beside. On the document.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Problem, Store } from '../../core/types';
import { house } from '../../replay/house';
import { actionOf } from '../../replay/keys';
import type { Volume } from '../../replay/library';
import type { Recording } from '../../replay/recording';
import { nextSpeaker } from '../../replay/voices';
import { replayWords as words } from '../../replay/words';
import switchSheet from '../../styles/switch.css?inline';
import sheet from '../../styles/replay.css?inline';
import { askForClip, listenForClips } from '../clip/clip-open';
import { asProblem, defineOnce, pageDeps } from '../context';
import { Observe } from '../observe';
import { chaptersCard, fragmentsCard } from './replay-beside';
import { controls } from './replay-controls';
import { goneCard, head, notes, skeleton, troubleLine } from './replay-parts';
import type { SpacesReplayMenu, Trimmed } from './replay-menu';
import { styled } from '../styles';

const NARROW = 600;
/** Milliseconds until it shows that something is coming. */
const PATIENCE = 300;

export class SpacesReplayView extends LitElement {
  static override styles = styled(switchSheet, sheet);

  @property({ attribute: 'space-id' }) spaceId = '';
  /** Where it begins, say of a link to a place in it; null for wherever the member was. */
  @property({ attribute: false }) from_s: number | null = null;

  @state() private narrow = false;
  @state() private isLate = false;
  @state() private refusal: Problem | null = null;
  /** What was cut off just now, to be brought back by one tap. */
  @state() private undo: Trimmed | null = null;
  /** Where it stands while the player is elsewhere. */
  @state() private cued_s = 0;
  @state() private resume_s: number | null = null;
  @query('spaces-replay-menu') private menu!: SpacesReplayMenu;

  private readonly player = new Observe(this, house().player);
  private volume!: Store<Volume>;
  private stop: (() => void)[] = [];
  private readonly size = new ResizeObserver(([entry]) => (this.narrow = (entry?.contentRect.width ?? NARROW) < NARROW));

  override connectedCallback(): void {
    super.connectedCallback();
    const { library, onPage } = house();
    this.volume = library.of(this.spaceId);
    onPage.set(this.spaceId);
    listenForClips();
    this.size.observe(this);
    document.addEventListener('keydown', this.press);
    const late = setTimeout(() => (this.isLate = true), PATIENCE);
    this.stop = [
      this.volume.subscribe(() => this.requestUpdate()),
      () => this.size.disconnect(),
      () => clearTimeout(late),
      () => document.removeEventListener('keydown', this.press),
      () => onPage.get() === this.spaceId && onPage.set(null),
    ];
    const { recording } = this.volume.get();
    if (recording?.state === 'ready') this.begin(recording);
    else library.load(this.spaceId).then(this.begin, () => undefined);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of this.stop) stop();
  }

  protected override render(): TemplateResult {
    const { recording, problem } = this.volume.get();
    if (recording?.state === 'deleted') return goneCard(null);
    if (problem && !recording) return goneCard(problem, () => void this.again());
    if (!recording || recording.state === 'recording') return skeleton(recording, this.isLate);
    return this.drawn(recording);
  }

  private drawn(recording: Recording): TemplateResult {
    const at_s = this.at_s;
    const trouble = this.refusal ?? (this.isHere ? this.player.value.problem : null);
    const { chapters, fragments, may } = recording;
    // What is pressed in it has its keys, also where nothing there takes the focus.
    return html`<article class="card" tabindex="-1" aria-label=${`${words.replay}: ${recording.title}`}>
        ${head(recording, () => void this.withMenu((menu) => menu.open()))}
        ${trouble ? troubleLine(trouble) : nothing} ${this.undoLine()}
        <spaces-replay-timeline
          .recording=${recording}
          .at_s=${at_s}
          ?playing=${this.isPlaying}
          ?narrow=${this.narrow}
          @spaces-seek=${(event: CustomEvent<{ at_s: number }>) => this.seek(event.detail.at_s)}
        ></spaces-replay-timeline>
        ${notes(recording)}
        ${controls({
          isPlaying: this.isPlaying,
          isWaiting: this.isPlaying && this.player.value.is_waiting,
          isBlocked: this.isHere && this.player.value.is_blocked,
          rate: this.player.value.rate,
          skipsSilence: this.player.value.skips_silence,
          resume_s: this.isHere ? null : this.resume_s,
          mayClip: Boolean(may.clip),
          toggle: this.toggle,
          by: this.by,
          next: this.next,
          clip: () => this.clip({ at_s: this.at_s }),
          restart: () => {
            this.resume_s = null;
            this.seek(0);
          },
        })}
      </article>
      <div class="beside">
        ${chapters.length ? chaptersCard(chapters, at_s, this.isPlaying, (place) => void this.play(place)) : nothing}
        ${fragments.length
          ? fragmentsCard(recording, {
              hear: (place) => void this.play(place),
              clip: ({ from_s, seconds }) => this.clip({ at_s: from_s + seconds / 2, from_s, seconds }),
            })
          : nothing}
      </div>
      <spaces-replay-menu
        .recording=${recording}
        .at_s=${at_s}
        @spaces-trimmed=${this.trimmed}
      ></spaces-replay-menu>`;
  }

  private undoLine(): TemplateResult | typeof nothing {
    if (!this.undo) return nothing;
    const { said, before_s } = this.undo;
    return html`<p class="told" role="status">
      ${said}
      <button class="link" type="button" @click=${() => void this.withMenu((menu) => menu.trim(before_s))}>${words.undo}</button>
    </p>`;
  }

  /** It comes when somebody first opens it: few may do anything with a replay but hear it. */
  private async withMenu(use: (menu: SpacesReplayMenu) => unknown): Promise<void> {
    try {
      const { SpacesReplayMenu: Menu } = await import('./replay-menu');
      defineOnce('spaces-replay-menu', Menu);
    } catch {
      return pageDeps().announce(pageDeps().words.unreachable, true);
    }
    use(this.menu);
  }

  /** Whether the player holds this replay. */
  private get isHere(): boolean {
    return this.player.value.space_id === this.spaceId;
  }

  private get isPlaying(): boolean {
    return this.isHere && this.player.value.is_playing;
  }

  private get at_s(): number {
    return this.isHere ? this.player.value.at_s : this.cued_s;
  }

  /** Where the link leads, else where the member was. */
  private begin = (recording: Recording): void => {
    const { places, player } = house();
    const known = places.get(this.spaceId);
    const before = known === null ? 0 : known - recording.starts_at_s;
    this.resume_s = this.from_s === null && before > 0 && before < recording.duration_s ? before : null;
    this.cued_s = Math.min(this.from_s ?? this.resume_s ?? 0, recording.duration_s);
    if (this.isHere && this.from_s !== null) player.seek(this.cued_s);
  };

  /** The playhead stays with what was said there. */
  private trimmed = ({ detail }: CustomEvent<Trimmed>): void => {
    this.undo = detail;
    this.cued_s = Math.max(0, this.cued_s + detail.before_s - detail.now_s);
    this.resume_s = null;
  };

  private async again(): Promise<void> {
    await house().library.load(this.spaceId).then(this.begin, (problem: unknown) => pageDeps().announce(asProblem(problem).title, true));
  }

  private async play(at_s?: number): Promise<void> {
    const place = at_s ?? (this.isHere ? undefined : this.cued_s);
    this.refusal = await house().player.play(this.spaceId, place);
  }

  private seek(at_s: number): void {
    if (this.isHere) house().player.seek(at_s);
    else this.cued_s = at_s;
  }

  private toggle = (): void => {
    if (this.isPlaying) house().player.pause();
    else void this.play();
  };

  private by = (seconds: number): void => {
    const { duration_s } = this.volume.get().recording ?? { duration_s: 0 };
    this.seek(Math.min(Math.max(0, this.at_s + seconds), duration_s));
  };

  private next = (): void => {
    const to = nextSpeaker(this.volume.get().recording?.turns ?? [], this.at_s);
    if (to === null) pageDeps().announce(words.noNextSpeaker, true);
    else this.seek(to);
  };

  private clip(detail: { at_s: number; from_s?: number; seconds?: number }): void {
    if (this.isPlaying) house().player.pause();
    askForClip({ space_id: this.spaceId, ...detail });
  }

  /**
   * Space and arrows wherever on the page, as long as nothing else is heard; letters and digits only inside, since some
   * voices and some hands type them by accident. Fields, dialogs and whatever a key presses by itself keep theirs.
   */
  private press = (event: KeyboardEvent): void => {
    const { recording } = this.volume.get();
    if (event.defaultPrevented || recording?.state !== 'ready' || keepsKeys(event)) return;
    const isInside = event.composedPath().includes(this);
    const { kind } = pageDeps().session.get().connection;
    if (!isInside && kind !== 'idle' && kind !== 'ended') return;
    const action = actionOf(event, this.matches(':dir(rtl)'), isInside);
    if (!action) return;
    event.preventDefault();
    switch (action.do) {
      case 'toggle':
        return this.toggle();
      case 'next':
        return this.next();
      case 'by':
        return this.by(action.seconds);
      case 'to':
        return this.seek(action.part * recording.duration_s);
    }
  };
}

/** What does something of its own with keys. */
const OWN_KEYS =
  'input:not([type=checkbox]), textarea, select, audio, video, dialog, [role=dialog], [role=slider], [role=menu], [role=listbox], [role=tablist], [role=radiogroup]';

function keepsKeys(event: KeyboardEvent): boolean {
  const path = event.composedPath().filter((part): part is HTMLElement => part instanceof HTMLElement);
  if (path.some((part) => part.isContentEditable || part.matches(OWN_KEYS))) return true;
  return event.key === ' ' && path.some((part) => part.matches('button, a[href], summary, input, [role=button], [role=tab], [role=switch]'));
}
