/**
 * `<spaces-consent>`: asks somebody on stage whether their voice may be kept. It stands beside everything else: nothing
 * waits for the answer, the microphone least of all. Draws nothing where nothing is asked.
 *
 * @element spaces-consent
 * @csspart button - Each answer.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Consent, Problem, Snapshot } from '../../core/types';
import sheet from '../../styles/consent.css?inline';
import { answer, answers } from '../place/answering';
import { recBadge } from '../badges';
import { deps } from '../context';
import { problemLine } from '../room/dock-parts';
import { icon } from '../icons';
import { asksTitle, stateLine } from './recording-law';
import { styled } from '../styles';

export class SpacesConsent extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) snapshot: Snapshot | null = null;
  /** Over the dock, where no room shows what is kept. */
  @property({ type: Boolean }) floating = false;

  @state() private problem: Problem | null = null;
  @state() private under: boolean | null = null;

  protected override render(): TemplateResult | typeof nothing {
    const { snapshot } = this;
    const consent = snapshot?.me.consent;
    if (!snapshot || consent?.state !== 'asked') return nothing;
    const { words } = deps();
    const { recording: w } = words;
    return html`<section class="ask" aria-labelledby="title" aria-describedby="question">
      ${this.floating ? recBadge(snapshot.space) : nothing}
      <h3 class="title" id="title">${asksTitle(snapshot, consent, w, words.host)}</h3>
      <p class="soft" id="question">${consent.words}</p>
      ${this.problem ? problemLine(this.problem) : nothing}
      ${answers(consent, this.under, (agrees) => void this.give(snapshot, consent, agrees))}
    </section>`;
  }

  private async give(snapshot: Snapshot, consent: Consent, agrees: boolean): Promise<void> {
    const around = this.getRootNode() as ShadowRoot;
    const had = this.shadowRoot?.activeElement;
    this.under = agrees;
    this.problem = await answer(snapshot, consent, agrees);
    this.under = null;
    // The card is gone now, and the focus goes to where the answer stands.
    if (had && !this.problem)
      requestAnimationFrame(() => around.activeElement ?? around.querySelector<HTMLElement>('button.kept, button.body')?.focus());
  }
}

/** The card's way into the room or, `floating`, over the dock. */
export const consentCard = (snapshot: Snapshot | null, floating = false): TemplateResult | typeof nothing =>
  snapshot?.me.consent?.state === 'asked'
    ? html`<spaces-consent exportparts="button" ?floating=${floating} .snapshot=${snapshot}></spaces-consent>`
    : nothing;

/** Under the title: what becomes of the recording, or of the member's own voice, as the way to the sheet about it. */
export function keptLine(snapshot: Snapshot, open: (sheet: 'consent' | 'record') => void): TemplateResult | typeof nothing {
  const { words, config } = deps();
  const line = stateLine(snapshot, config, words.recording);
  if (!line) return nothing;
  const { text, opens } = line;
  return opens
    ? html`<button class="kept" part="button" type="button" data-action="kept" aria-haspopup="dialog" @click=${() => open(opens)}>
        <span>${text}</span>${icon('caretRight')}
      </button>`
    : html`<p class="kept"><span>${text}</span></p>`;
}
