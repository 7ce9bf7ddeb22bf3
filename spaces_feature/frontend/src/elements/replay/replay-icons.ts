/** The pictures that only a replay needs; decoration, as all of them. And its sheets' buttons. */

import { html, nothing, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import clap from 'emoji:clapping-hands.svg';
import back from '@phosphor-icons/core/regular/arrow-counter-clockwise.svg';
import forward from '@phosphor-icons/core/regular/arrow-clockwise.svg';
import begin from '@phosphor-icons/core/regular/arrow-line-right.svg';
import chapters from '@phosphor-icons/core/regular/list-bullets.svg';
import download from '@phosphor-icons/core/regular/download-simple.svg';
import next from '@phosphor-icons/core/fill/skip-forward-fill.svg';
import pause from '@phosphor-icons/core/fill/pause-fill.svg';
import play from '@phosphor-icons/core/fill/play-fill.svg';
import scissors from '@phosphor-icons/core/regular/scissors.svg';
import trash from '@phosphor-icons/core/regular/trash.svg';
import undo from '@phosphor-icons/core/regular/arrow-u-up-left.svg';
import voiceOut from '@phosphor-icons/core/regular/microphone-slash.svg';
import waveform from '@phosphor-icons/core/regular/waveform.svg';

const markup = { back, begin, chapters, download, forward, next, pause, play, scissors, trash, undo, voiceOut, waveform };

export type ReplayIcon = keyof typeof markup;

export const replayIcon = (name: ReplayIcon): TemplateResult =>
  html`<span class="icon" data-icon=${name} aria-hidden="true">${unsafeHTML(markup[name])}</span>`;

export const applause = (): TemplateResult => html`<span class="emoji" aria-hidden="true">${unsafeHTML(clap)}</span>`;

/** One thing that a sheet may do; it keeps the focus while it works. */
export const button = (name: string, label: string, tone: string, isBusy: boolean, press: (() => void) | null): TemplateResult =>
  html`<button
    class="button ${tone}"
    part="button"
    type=${press ? 'button' : 'submit'}
    data-action=${name}
    aria-busy=${String(isBusy)}
    aria-disabled=${isBusy ? 'true' : nothing}
    @click=${() => !isBusy && press?.()}
  >
    ${label}
  </button>`;

/** An arrow around the seconds that it goes. */
export const seconds = (name: 'back' | 'forward', count: number): TemplateResult =>
  html`<span class="around" aria-hidden="true">${replayIcon(name)}<b>${count}</b></span>`;
