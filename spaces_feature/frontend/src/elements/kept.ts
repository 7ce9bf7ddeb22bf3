/**
 * `<spaces-kept>`: the way to the replay of a Space that is over, from a moment after its end; the words where there is
 * none any more, or none for this member.
 *
 * @element spaces-kept
 * @csspart button - Play.
 */

import { LitElement, html, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { recordingCalls, type KeptRecording } from '../core/recording-calls';
import sheet from '../styles/kept.css?inline';
import { asProblem, attempt, deps } from './context';
import { icon } from './icons';
import { styled } from './styles';

/** Milliseconds between two questions: quick while it is promised in seconds, slow when it takes longer. */
const PAUSES = [500, 1000, 1000, 1000, 2000, 2000, 2000, 5000];
const LONG = 15_000;

export class SpacesKept extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) spaceId = '';

  @state() private found: KeptRecording | null = null;
  @state() private isGone = false;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    const { recording: w } = deps().words;
    const { found } = this;
    if (this.isGone || found?.state === 'deleted') return html`<p class="soon">${this.isGone ? w.noReplay : w.wasDeleted}</p>`;
    return found?.state === 'ready'
      ? html`<a class="button tall wide" part="button" href=${found.page_url} data-action="replay" @click=${this.leave}>${icon('play')}${w.play}</a>`
      : html`<p class="soon" role="status">${w.soonReady}</p>`;
  }

  /** Where they go the card would stand in front of the replay. Not before the browser is on its way. */
  private leave = (): void => {
    setTimeout(() => void attempt(async (session) => session.dismiss()));
  };

  /** Asks until there is an answer that stays. */
  private async ask(): Promise<void> {
    try {
      this.found = await recordingCalls(deps().api).find(this.spaceId);
      if (this.found.state === 'ready') deps().announce(deps().words.recording.isReady);
    } catch (error) {
      const { status } = asProblem(error);
      this.isGone = status >= 400 && status < 500;
    }
    const isSettled = this.isGone || (this.found !== null && this.found.state !== 'recording');
    if (!isSettled && this.isConnected) this.timer = setTimeout(() => void this.ask(), PAUSES[this.asked++] ?? LONG);
  }
}
