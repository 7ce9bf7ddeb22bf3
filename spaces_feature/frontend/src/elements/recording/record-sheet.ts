/**
 * `<spaces-record-sheet>`: what recording does, before it is done; while it runs, whose voices are in it and how it stops.
 *
 * @element spaces-record-sheet
 */

import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { recordingCalls } from '../../core/recording-calls';
import type { Snapshot } from '../../core/types';
import own from '../../styles/host-sheet.css?inline';
import kept from '../../styles/recording-sheet.css?inline';
import sheet from '../../styles/sheet.css?inline';
import { recBadge } from '../badges';
import { deps } from '../context';
import { icon } from '../icons';
import { voiceState } from './recording-law';
import { doing, personRow } from '../sheet-parts';
import { SideSheet } from '../side-sheet';
import { styled } from '../styles';

const MARKS = { kept: 'check', asked: 'hourglass', agreed: 'hourglass', declined: 'leftOut' } as const;

export class SpacesRecordSheet extends SideSheet {
  static override styles = styled(sheet, own, kept);

  protected override content(): TemplateResult {
    return this.snapshot.space.recording === 'off' ? this.asking() : this.running(this.snapshot);
  }

  private asking(): TemplateResult {
    const { recording: w } = deps().words;
    return html`<div class="head">
        ${this.heading(w.recordTitle)}
        <p class="soft">${w.recordIntro}</p>
        <p class="soft">${w.recordIntroOwn}</p>
      </div>
      <div class="foot">
        ${this.trouble()}
        <div class="pair">
          ${doing('notNow', w.notNow, 'tall', false, this.close)}
          ${doing('startRecording', w.start, 'danger tall', this.busy.has('start'), () => void this.begin())}
        </div>
      </div>`;
  }

  private running({ space, stage }: Snapshot): TemplateResult {
    const { words } = deps();
    const { recording: w } = words;
    const told = { off: '', on: w.onLine, starting: w.isStarting, interrupted: w.isPaused }[space.recording];
    return html`<div class="head">
        ${recBadge(space)} ${this.heading(w.onTitle)}
        <p class="soft">${told}</p>
      </div>
      <div class="scroll">
        <ul role="list">
          ${repeat(
            stage,
            ({ user_id }) => user_id,
            (seat) => {
              const state = voiceState(seat);
              return personRow(seat.profile, '', html`<span class="voice" data-state=${state}>${icon(MARKS[state])}${w.voice[state]}</span>`);
            },
          )}
        </ul>
      </div>
      <div class="foot">
        ${this.trouble()}
        <p class="soft consequence">${w.stopLine}</p>
        ${doing('stopRecording', w.stop, 'danger tall wide', this.busy.has('stop'), () => void this.stop())}
      </div>`;
  }

  private async begin(): Promise<void> {
    const { recording: w } = deps().words;
    if (await this.tell('start', w.hasBegun)) this.close();
  }

  /** The cue says that it has stopped. */
  private async stop(): Promise<void> {
    if (await this.tell('stop')) this.close();
  }

  private tell(name: 'start' | 'stop', said = ''): Promise<boolean> {
    const { api, take } = deps();
    return this.run(name, async () => take(await recordingCalls(api)[name](this.snapshot.space.id)), said);
  }
}
