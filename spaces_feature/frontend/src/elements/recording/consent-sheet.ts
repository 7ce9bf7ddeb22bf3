/**
 * `<spaces-consent-sheet>`: the member's own answer, to be changed as often as they like.
 *
 * @element spaces-consent-sheet
 */

import { html, nothing, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { Consent } from '../../core/types';
import own from '../../styles/recording-sheet.css?inline';
import sheet from '../../styles/sheet.css?inline';
import { answer, answers } from '../place/answering';
import { deps } from '../context';
import { icon } from '../icons';
import { asksTitle } from './recording-law';
import { SideSheet } from '../side-sheet';
import { styled } from '../styles';

export class SpacesConsentSheet extends SideSheet {
  static override styles = styled(sheet, own);

  @state() private under: boolean | null = null;

  protected override content(): TemplateResult {
    const { words } = deps();
    const { recording: w } = words;
    const { consent } = this.snapshot.me;
    // It closes with what it is about.
    if (!consent) return html``;
    const { state, covers } = consent;
    const isKept = state === 'agreed';
    return html`<div class="head">
        ${this.heading(asksTitle(this.snapshot, consent, w, words.host))}
        <p class="soft">${consent.words}</p>
      </div>
      <div class="scroll">
        <p class="now" data-state=${state}>
          ${icon(isKept ? (covers === 'clips' ? 'scissors' : 'record') : 'leftOut')}
          <span><b>${w[state][covers]}</b>${isKept ? html`<small>${w.ifNot[covers]}</small>` : nothing}</span>
        </p>
      </div>
      <div class="foot">
        ${this.trouble()}
        ${answers(consent, this.under, (agrees) => void this.give(consent, agrees))}
      </div>`;
  }

  /** What they said already needs no server to hear it again. */
  private async give(consent: Consent, agrees: boolean): Promise<void> {
    if (consent.state === (agrees ? 'agreed' : 'declined')) return this.close();
    this.under = agrees;
    this.problem = await answer(this.snapshot, consent, agrees);
    this.under = null;
    if (!this.problem) this.close();
  }
}
