/**
 * `<spaces-clip-wave>`: a minute of sound, and the part of it that is chosen by two handles. Time runs the way the page
 * is read.
 *
 * @element spaces-clip-wave
 * @fires spaces-chosen - The part changed; `detail` is the `Selection`.
 * @fires spaces-seek - Somebody pressed inside the part; `detail` is the second.
 */

import { LitElement, html, svg, type PropertyValues, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import { clipWords as w } from '../../core/clip-words';
import { SHORTEST, barsOf, evened, moveEnd, moveStart, shift, waveOf, type Selection } from '../../core/selection';
import sheet from '../../styles/clip-wave.css?inline';
import { styled } from '../styles';
import { variables } from '../variables';

export type Handle = 'start' | 'end';

const BARS = 56;
/** CSS pixels: a press that moves less is a tap. */
const STILL = 6;
const ENDS = ['pointerup', 'pointercancel'] as const;
const STEPS: Record<string, number> = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 5, PageDown: -5 };

export class SpacesClipWave extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) peaks: readonly number[] = [];
  /** Seconds that the whole is long. */
  @property({ type: Number }) length = 60;
  @property({ attribute: false }) selection: Selection = { from: 0, seconds: 1 };
  /** How the place of a handle is read aloud. */
  @property({ attribute: false }) said: (second: number, kept: number) => string = () => '';
  @query('.box') private box!: HTMLElement;

  private wave = '';

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('peaks')) this.wave = waveOf(evened(barsOf(this.peaks, BARS)));
  }

  /** Where it plays, in seconds; null where it does not. Drawn without a new rendering, as often as frames come. */
  set at(second: number | null) {
    if (!this.hasUpdated) return;
    this.box.toggleAttribute('data-plays', second !== null);
    this.box.style.setProperty('--at', String((100 * (second ?? this.selection.from)) / this.length));
  }

  protected override render(): TemplateResult {
    const { from, seconds } = this.selection;
    const part = (second: number) => (100 * second) / this.length;
    return html`<div class="box" role="group" aria-label=${w.wave} ${variables({ '--from': part(from), '--to': part(from + seconds) })} @pointerdown=${this.press}>
      <div class="waves" aria-hidden="true">${this.drawn('rest')} ${this.drawn('kept')} ${this.drawn('heard')}</div>
      <span class="part"></span>
      <span class="head" aria-hidden="true"></span>
      ${this.handle('start', from, 0, from + seconds - SHORTEST)}
      ${this.handle('end', from + seconds, from + SHORTEST, this.length)}
    </div>`;
  }

  private drawn(name: string): TemplateResult {
    return html`<svg class=${name} viewBox="0 0 ${BARS} 100" preserveAspectRatio="none">${svg`<path d=${this.wave} />`}</svg>`;
  }

  private handle(name: Handle, at: number, least: number, most: number): TemplateResult {
    const round = (value: number) => String(Math.round(Math.max(0, value) * 10) / 10);
    return html`<span
      class="handle ${name}"
      role="slider"
      tabindex="0"
      data-handle=${name}
      aria-label=${w[name]}
      aria-valuemin=${round(least)}
      aria-valuemax=${round(most)}
      aria-valuenow=${round(at)}
      aria-valuetext=${this.said(at, this.selection.seconds)}
      @keydown=${(event: KeyboardEvent) => this.key(event, name)}
    ></span>`;
  }

  private key(event: KeyboardEvent, name: Handle): void {
    const step = STEPS[event.key];
    const { from, seconds } = this.selection;
    const at = name === 'start' ? from : from + seconds;
    const isSideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    const way = isSideways && this.isMirrored ? -1 : 1;
    if (step !== undefined) this.move(name, at + (event.shiftKey ? step / 10 : step) * way);
    else if (event.key === 'Home') this.move(name, 0);
    else if (event.key === 'End') this.move(name, this.length);
    else return;
    event.preventDefault();
  }

  private press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const name = (event.target as HTMLElement).dataset['handle'] as Handle | undefined;
    const pressed = this.secondAt(event.clientX);
    const before = this.selection;
    const isInside = pressed >= before.from && pressed <= before.from + before.seconds;
    if (!name && !isInside) return;
    const grip = name === 'end' ? before.from + before.seconds : before.from;
    const began = event.clientX;
    let hasMoved = Boolean(name);
    const move = (moved: PointerEvent) => {
      hasMoved ||= Math.abs(moved.clientX - began) > STILL;
      const by = this.secondAt(moved.clientX) - pressed;
      if (name) this.move(name, grip + by);
      else if (hasMoved) this.choose(shift(before, by, this.length));
    };
    const end = (ended: PointerEvent) => {
      this.box.removeEventListener('pointermove', move);
      for (const type of ENDS) this.box.removeEventListener(type, end);
      if (ended.type === 'pointerup' && !hasMoved) this.dispatchEvent(new CustomEvent('spaces-seek', { detail: pressed }));
    };
    this.box.setPointerCapture(event.pointerId);
    this.box.addEventListener('pointermove', move);
    for (const type of ENDS) this.box.addEventListener(type, end);
    (event.target as HTMLElement).focus();
    event.preventDefault();
  };

  private move(name: Handle, to: number): void {
    this.choose((name === 'start' ? moveStart : moveEnd)(this.selection, to, this.length));
  }

  private choose(selection: Selection): void {
    const { from, seconds } = this.selection;
    if (selection.from === from && selection.seconds === seconds) return;
    this.selection = selection;
    this.dispatchEvent(new CustomEvent<Selection>('spaces-chosen', { detail: selection }));
  }

  private secondAt(x: number): number {
    const { left, width } = this.box.getBoundingClientRect();
    const share = (x - left) / width;
    return (this.isMirrored ? 1 - share : share) * this.length;
  }

  private get isMirrored(): boolean {
    return getComputedStyle(this).direction === 'rtl';
  }
}
