/**
 * `<spaces-seat>`: one person on stage. A button for whoever may act on them, else a link to their profile.
 *
 * @element spaces-seat
 * @csspart seat - Face, mark, name and tag together.
 * @csspart ring - The first ring while they talk.
 * @csspart badge - The tag Host or Co-host.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Reaction } from '../../core/reactions';
import type { Seat } from '../../core/types';
import sheet from '../../styles/seat.css?inline';
import { deps } from '../context';
import { emoji } from '../emoji';
import { bars, drawnLevel, face } from '../face';
import { icon } from '../icons';
import { firstName } from '../monogram';
import { styled } from '../styles';
import { variables } from '../variables';

export class SpacesSeat extends LitElement {
  static override styles = styled(sheet);

  @property({ attribute: false }) seat!: Seat;
  @property({ type: Boolean }) talking = false;
  @property({ type: Number }) level = 0;
  /** This is the member's own seat. */
  @property({ type: Boolean }) own = false;
  /** Pressing it opens a menu; the listener hears `click`. */
  @property({ type: Boolean }) actionable = false;
  @property({ type: Number }) size = 66;
  /** What they sent a moment ago. */
  @property({ attribute: false }) reaction: Reaction | undefined;
  /** The voice is not in what is kept of the Space. */
  @property({ attribute: false }) leftOut: '' | 'recording' | 'clips' = '';
  /** Whether the tag under the name is drawn. */
  @property({ type: Boolean }) untagged = false;

  protected override render(): TemplateResult {
    const { words } = deps();
    const label = this.label();
    const isLost = this.seat.lost_at !== null;
    const look = html`<span class=${isLost ? 'spot lost' : 'spot'}>
        ${face(this.seat.profile, this.size, { talking: this.talking && !isLost, level: this.level })}${this.mark()}
        ${this.reaction ? html`<span class="reaction" aria-hidden="true">${emoji(this.reaction)}</span>` : nothing}
        ${this.leftOut ? html`<span class="mark out" aria-hidden="true">${icon('leftOut')}</span>` : nothing}
      </span>
      <span class="name" aria-hidden="true" dir="auto">${this.own ? words.you : firstName(this.seat.profile)}</span>
      ${this.untagged ? nothing : this.tag()}
      ${this.leftOut && !this.untagged ? html`<span class="badge tag out" aria-hidden="true">${words.recording.leftOut}</span>` : nothing}`;
    if (this.actionable)
      return html`<button class="seat" part="seat" type="button" aria-haspopup="dialog">${look}<span class="sr">${label}</span></button>`;
    const { url } = this.seat.profile;
    return url && !this.own
      ? html`<a class="seat" part="seat" href=${url}>${look}<span class="sr">${label}</span></a>`
      : html`<div class="seat" part="seat" role="img" aria-label=${label}>${look}</div>`;
  }

  /** "Ada, host, talking" */
  private label(): string {
    const { words } = deps();
    const { role, is_muted, is_muted_by_host, is_blocked_by_me, lost_at, profile } = this.seat;
    const name = this.own ? words.you : profile.name;
    const facts: string[] = [];
    if (role === 'host') facts.push(words.host.toLowerCase());
    if (role === 'cohost') facts.push(words.cohost.toLowerCase());
    if (is_blocked_by_me) facts.push(words.blockedTag.toLowerCase());
    if (this.leftOut) facts.push(words.recording.leftOutOf[this.leftOut]);
    if (lost_at) facts.push(words.seatKept);
    if (is_muted_by_host) facts.push(words.mutedByHost);
    else if (lost_at) return words.seat(name, facts);
    else if (this.talking) facts.push(words.talking);
    else if (is_muted) facts.push(words.muted);
    return words.seat(name, facts);
  }

  private mark(): TemplateResult | typeof nothing {
    if (this.seat.is_muted_by_host) return html`<span class="mark warn" aria-hidden="true">${icon('lock')}</span>`;
    if (this.seat.lost_at) return nothing;
    if (this.talking)
      return html`<span
        class="mark talks"
        aria-hidden="true"
        ${variables({ '--spaces-level': drawnLevel(this.level) })}
        >${bars}</span
      >`;
    return html`<span class="mark" aria-hidden="true">${icon(this.seat.is_muted ? 'microphoneOff' : 'microphoneOn')}</span>`;
  }

  private tag(): TemplateResult | typeof nothing {
    const { words } = deps();
    if (this.seat.is_blocked_by_me) return html`<span class="badge tag warn" part="badge" aria-hidden="true">${words.blockedTag}</span>`;
    if (this.seat.role === 'host') return html`<span class="badge tag host" part="badge" aria-hidden="true">${words.host}</span>`;
    if (this.seat.role === 'cohost') return html`<span class="badge tag" part="badge" aria-hidden="true">${words.cohost}</span>`;
    return nothing;
  }
}
