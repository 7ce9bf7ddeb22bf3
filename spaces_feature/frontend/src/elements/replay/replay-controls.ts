/** The row of controls under a replay's timeline. */

import { html, nothing, type TemplateResult } from 'lit';
import { house } from '../../replay/house';
import { BACK, FORWARD } from '../../replay/keys';
import { RATES } from '../../replay/places';
import { replayWords as words } from '../../replay/words';
import { icon } from '../icons';
import { replayIcon, seconds } from './replay-icons';

interface Controls {
  isPlaying: boolean;
  isWaiting: boolean;
  /** The browser waits for a tap. */
  isBlocked: boolean;
  rate: number;
  skipsSilence: boolean;
  /** Where the member was, while they have not gone on. */
  resume_s: number | null;
  mayClip: boolean;
  toggle(): void;
  by(seconds: number): void;
  next(): void;
  clip(): void;
  restart(): void;
}

export function controls(at: Controls): TemplateResult {
  const { player } = house();
  return html`<div class="controls">
    <div class="side">
      <label class="pill speed">
        <span class="sr">${words.speed}</span>
        <select dir="ltr" @change=${(event: Event) => player.setWay({ rate: Number((event.target as HTMLSelectElement).value) })}>
          ${RATES.map((rate) => html`<option value=${rate} ?selected=${rate === at.rate}>${words.rate(rate)}</option>`)}
        </select>
      </label>
      <label class="pill toggle">
        ${replayIcon('waveform')}<span>${words.skipSilence}</span>
        <input
          type="checkbox"
          role="switch"
          .checked=${at.skipsSilence}
          @change=${(event: Event) => player.setWay({ skips_silence: (event.target as HTMLInputElement).checked })}
        />
      </label>
    </div>
    <div class="middle">
      <button class="button bare round" part="button" type="button" aria-label=${words.back} title=${words.hint(words.back, 'J')} aria-keyshortcuts="j" data-action="back" @click=${() => at.by(-BACK)}>
        ${seconds('back', BACK)}
      </button>
      <button
        class="button primary round play"
        part="button"
        type="button"
        data-action="play"
        aria-keyshortcuts="Space"
        aria-label=${at.isPlaying ? words.pause : at.resume_s === null ? words.play : words.goOnAt(at.resume_s)}
        aria-busy=${String(at.isWaiting)}
        @click=${at.toggle}
      >
        ${at.isPlaying ? icon('pause') : replayIcon('play')}
      </button>
      <button class="button bare round" part="button" type="button" aria-label=${words.forward} title=${words.hint(words.forward, 'L')} aria-keyshortcuts="l" data-action="forward" @click=${() => at.by(FORWARD)}>
        ${seconds('forward', FORWARD)}
      </button>
    </div>
    <div class="side end">
      <button class="button" part="button" type="button" data-action="next" title=${words.hint(words.nextSpeaker, 'N')} aria-keyshortcuts="n" @click=${at.next}>
        ${words.nextSpeaker}${replayIcon('next')}
      </button>
      ${at.mayClip
        ? html`<button class="button primary" part="button" type="button" data-action="clip" @click=${at.clip}>
            ${replayIcon('scissors')}${words.clip}
          </button>`
        : nothing}
    </div>
    ${at.isBlocked ? html`<p class="resume soft" role="status">${words.tapToListen}</p>` : nothing}
    ${at.resume_s === null
      ? nothing
      : html`<p class="resume soft">
          <span aria-hidden="true">${words.goOnAt(at.resume_s)}</span>
          <button class="link" type="button" @click=${at.restart}>${words.fromStart}</button>
        </p>`}
  </div>`;
}
