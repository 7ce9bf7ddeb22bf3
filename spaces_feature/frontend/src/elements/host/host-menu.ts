/**
 * `<spaces-menu-sheet>`: what whoever runs the Space needs now and then.
 *
 * @element spaces-menu-sheet
 * @fires spaces-share - The address of the Space is to be passed on.
 */

import { html, nothing, type TemplateResult } from 'lit';
import { ownVoice } from '../place/answering';
import { clipWords } from '../../core/clip-words';
import { askForClip } from '../clip/clip-open';
import { deps } from '../context';
import { numbersOf } from '../create/create-planned';
import { may, mayReadNumbers } from './host-rules';
import { shareFace } from '../sharing';
import { mayRecord } from '../recording/recording-law';
import { choice } from '../sheet-parts';
import { SideSheet } from '../side-sheet';

export class SpacesMenuSheet extends SideSheet {
  protected override content(): TemplateResult {
    const { words, config } = deps();
    const { hosting: w } = words;
    return html`<div class="head">${this.heading(w.more)}</div>
      <ul class="menu" role="list">
        ${may(this.snapshot, 'edit')
          ? choice({ name: 'edit', icon: 'pencil', title: w.edit, line: w.editLine, press: () => this.show({ kind: 'edit' }) })
          : nothing}
        ${may(this.snapshot, 'pin')
          ? choice({ name: 'pin', icon: 'pin', title: words.plan.pin, line: words.plan.pinLine, press: () => this.show({ kind: 'pin' }) })
          : nothing}
        ${mayRecord(this.snapshot, config) ? choice({ ...this.recording(), press: () => this.show({ kind: 'record' }) }) : nothing}
        ${ownVoice(this.snapshot, () => this.show({ kind: 'consent' }))}
        ${may(this.snapshot, 'clip') ? choice({ name: 'clip', icon: 'scissors', title: clipWords.clip, line: clipWords.clipLine, press: this.clip }) : nothing}
        ${choice({ name: 'removed', icon: 'prohibit', title: w.removedPeople, line: w.removedPeopleLine, press: () => this.show({ kind: 'removed' }) })}
        ${mayReadNumbers(this.snapshot)
          ? choice({ name: 'numbers', icon: 'chart', title: w.numbers, line: w.numbersLine, url: numbersOf(this.snapshot.space) })
          : nothing}
        ${choice({ name: 'share', ...shareFace(this.snapshot.space), line: w.linkLine, press: this.pass })}
        ${choice({ name: 'sound', icon: 'sound', title: words.settings, press: () => this.show({ kind: 'sound' }) })}
      </ul>`;
  }

  private recording(): { name: string; icon: 'record'; title: string; line: string } {
    const { recording: w } = deps().words;
    const { recording } = this.snapshot.space;
    const lines = { off: w.recordLine, starting: w.isStarting, on: w.isOn, interrupted: w.isPaused };
    return { name: 'record', icon: 'record', title: recording === 'off' ? w.record : w.stop, line: lines[recording] };
  }

  private clip = (): void => {
    this.close();
    askForClip({ space_id: this.snapshot.space.id });
  };

  private pass = (): void => {
    this.dispatchEvent(new Event('spaces-share', { bubbles: true, composed: true }));
    this.close();
  };
}
