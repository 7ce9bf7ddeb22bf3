/**
 * `<spaces-end-sheet>`: what ending does, before it is done, and somebody who could go on instead.
 *
 * @element spaces-end-sheet
 */

import { html, nothing, type TemplateResult } from 'lit';
import type { Seat } from '../../core/types';
import own from '../../styles/host-sheet.css?inline';
import sheet from '../../styles/sheet.css?inline';
import { deps } from '../context';
import { face } from '../face';
import { heirOf, may } from './host-rules';
import { firstName } from '../monogram';
import { doing } from '../sheet-parts';
import { SideSheet } from '../side-sheet';
import { styled } from '../styles';

export class SpacesEndSheet extends SideSheet {
  static override styles = styled(sheet, own);

  protected override content(): TemplateResult {
    const { words } = deps();
    const { hosting: w } = words;
    const { listeners, requests, space } = this.snapshot;
    const heir = may(this.snapshot, 'hand_over') ? heirOf(this.snapshot) : undefined;
    return html`<div class="head">
        ${this.heading(w.endQuestion)}
        <p class="soft num">${w.endCounts(listeners.count, requests.length)} ${space.is_recorded ? words.recording.endKeeps : w.notRecorded}</p>
      </div>
      ${heir ? html`<div class="scroll">${this.offer(heir)}</div>` : nothing}
      <div class="foot">
        ${this.trouble()}
        <div class="pair">
          ${doing('stay', words.stay, 'tall', false, this.close)}
          ${doing('end', words.end, 'danger tall', this.busy.has('end'), () => void this.end())}
        </div>
      </div>`;
  }

  private offer({ profile, user_id }: Seat): TemplateResult {
    const { hosting: w } = deps().words;
    return html`<div class="heir">
      ${face(profile, 46)}
      <span class="words"><b>${w.handOverTo(firstName(profile))}</b><small>${w.goesOn}</small></span>
      ${doing('handOver', w.handOverShort, 'outline', this.busy.has('handOver'), () => void this.handOver(user_id))}
    </div>`;
  }

  private async end(): Promise<void> {
    if (await this.run('end', (session) => session.end())) this.close();
  }

  /** The Space goes on without its old host. */
  private async handOver(user_id: string): Promise<void> {
    if (!(await this.run('handOver', (session) => session.handOver(user_id)))) return;
    this.close();
    await this.run('leave', (session) => session.leave());
  }
}
