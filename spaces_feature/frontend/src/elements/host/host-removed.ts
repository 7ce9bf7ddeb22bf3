/**
 * `<spaces-removed-sheet>`: who may not come back to this Space, why, since when and by whom, and the way back in.
 *
 * @element spaces-removed-sheet
 */

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Removal } from '../../core/calls';
import type { Problem } from '../../core/types';
import own from '../../styles/host-sheet.css?inline';
import sheet from '../../styles/sheet.css?inline';
import { ago } from '../ago';
import { asProblem, deps } from '../context';
import { problemLine } from '../room/dock-parts';
import { firstName } from '../monogram';
import { doing, personRow } from '../sheet-parts';
import { SideSheet } from '../side-sheet';
import { styled } from '../styles';
import { EachSecond } from '../time';

export class SpacesRemovedSheet extends SideSheet {
  static override styles = styled(sheet, own);

  @state() private rows: Removal[] | null = null;
  @state() private failure: Problem | null = null;
  private version = -1;
  private isAsking = false;

  constructor() {
    super();
    new EachSecond(this);
  }

  /** Whatever changed the Space may have changed the list. */
  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('snapshot') && this.snapshot.space.version !== this.version) void this.ask();
  }

  protected override content(): TemplateResult {
    const { words } = deps();
    const { hosting: w } = words;
    const { rows } = this;
    return html`<div class="head">
        ${this.heading(w.removedTitle)}
        ${rows?.length ? html`<p class="soft">${w.removedIntro}</p>` : nothing}
      </div>
      <div class="scroll" aria-busy=${String(rows === null && !this.failure)}>
        ${this.failure
          ? html`${problemLine(this.failure)} ${doing('again', words.tryAgain, '', this.isAsking, () => void this.ask())}`
          : rows === null
            ? html`<p class="soft late">${w.loading}</p>`
            : rows.length
              ? html`<ul class="people" role="list">
                  ${repeat(rows, ({ user_id }) => user_id, (row) => this.row(row))}
                </ul>`
              : html`<p class="soft">${w.nobodyRemoved}</p>`}
        ${this.trouble()}
      </div>`;
  }

  private row(removal: Removal): TemplateResult {
    const { hosting: w } = deps().words;
    const { user_id, profile, reason } = removal;
    const name = firstName(profile);
    const lift = async () => {
      if (await this.run(user_id, (session) => session.liftRemoval(user_id), w.isBack(name))) await this.ask();
    };
    return personRow(
      profile,
      w.removedWhen(ago(removal.removed_at, w), this.by(removal)),
      doing('lift', w.letBackIn, '', this.busy.has(user_id), () => void lift(), w.letBackInName(profile.name)),
      html`<p class="soft below" dir="auto">${reason || w.noReason}</p>`,
    );
  }

  private by({ by }: Removal): string {
    const { hosting: w } = deps().words;
    const { me, stage } = this.snapshot;
    if (by === me.user_id) return w.byYou;
    const seat = stage.find(({ user_id }) => user_id === by);
    return seat ? firstName(seat.profile) : w.byAHost;
  }

  private async ask(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    const { id, version } = this.snapshot.space;
    try {
      this.rows = await deps().api.removals(id);
      this.version = version;
      this.failure = null;
    } catch (error) {
      this.failure = asProblem(error);
      this.version = version;
    }
    this.isAsking = false;
    if (!this.failure && this.isConnected && this.snapshot.space.version !== version) void this.ask();
  }
}
