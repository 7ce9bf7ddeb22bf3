/**
 * `<spaces-room-bar>`: the foot of the room: what the member can do, what was refused, and the tools of whoever runs it.
 *
 * @element spaces-room-bar
 * @fires spaces-help - The member wants to know how to allow the microphone.
 * @fires spaces-fold - There is nothing left to see.
 * @fires spaces-show - A sheet is to open; `detail` is the `Sheet`.
 */

import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import type { Problem, Snapshot } from '../../core/types';
import bar from '../../styles/room-bar.css?inline';
import { act } from '../place/acting';
import { barActions, hostTools, mayClip, mayReact, needsWords, type Tool } from './bar-actions';
import { clipButton } from '../clip/clip-button';
import { attempt, deps } from '../context';
import { markOf, problemLine } from './dock-parts';
import { mutable } from '../host/host-rules';
import { icon, type IconName } from '../icons';
import type { Action, Place } from '../place/place';
import { doing } from '../sheet-parts';
import { show } from '../side-sheet';
import { styled } from '../styles';

const isAside = ({ name }: Action): boolean => name === 'leave' || name === 'stepDown';

export class SpacesRoomBar extends LitElement {
  static override styles = styled(bar);

  @property({ attribute: false }) place!: Place;
  @property({ attribute: false }) snapshot: Snapshot | null = null;

  @state() private problem: Problem | null = null;
  @state() private busy = false;
  @state() private asksMuteAll = false;
  /** Whoever runs the Space opens them, and has room for other things otherwise. */
  @state() private showsReactions = false;
  private reactions: Promise<unknown> | null = null;

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get('place') as Place | undefined;
    if (before && before.kind !== this.place.kind) this.problem = null;
    if (this.reacts) this.reactions ??= import('./reactions').catch(() => (this.reactions = null));
    if (this.asksMuteAll && !hostTools(this.snapshot).includes('muteAll')) this.asksMuteAll = false;
  }

  private get reacts(): boolean {
    return mayReact(this.place, this.snapshot, deps().config);
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('asksMuteAll')) return;
    const next = this.asksMuteAll ? '.confirm button' : changed.get('asksMuteAll') ? '[data-action="muteAll"]' : '';
    if (next) this.renderRoot.querySelector<HTMLElement>(next)?.focus();
  }

  protected override render(): TemplateResult {
    const { place, snapshot } = this;
    const tools = hostTools(snapshot, this.reacts);
    const actions = barActions(place, snapshot, deps().words);
    return html`<footer>
      ${this.problem ? problemLine(this.problem) : nothing}
      ${needsWords(place)
        ? html`<p class="notice ${place.tone}">
            ${markOf(place.mark, 40)}<span><b>${place.title}</b><small class="num">${place.line}</small></span>
          </p>`
        : nothing}
      ${this.asksMuteAll && snapshot ? this.confirm(snapshot) : nothing}
      ${this.reacts && (!tools.length || this.showsReactions)
        ? html`<spaces-reactions exportparts="button" .spaceId=${snapshot?.space.id ?? ''}></spaces-reactions>`
        : nothing}
      <div class=${classMap({ buttons: true, hosting: tools.length > 0, crew: tools.length > 0 && actions.some(isAside) })}>
        ${tools.length
          ? html`${actions.filter((action) => !isAside(action)).map((action) => this.button(action))}
            ${tools.map((tool) => this.tool(tool))} ${actions.filter(isAside).map((action) => this.aside(action))}`
          : html`${actions.filter(isAside).map((action) => this.button(action))}
            ${mayClip(place, snapshot) ? clipButton(snapshot?.space.id ?? '') : nothing}
            ${actions.filter((action) => !isAside(action)).map((action) => this.button(action))}`}
      </div>
      ${actions.map(({ why }) => (why ? html`<p class="why" id="why">${why}</p>` : nothing))}
    </footer>`;
  }

  /** Takes back a question that stands open; returns whether there was one. */
  back(): boolean {
    const had = this.asksMuteAll;
    this.asksMuteAll = false;
    return had;
  }

  private button(action: Action): TemplateResult {
    const grows = !isAside(action) && action.name !== 'declineInvitation';
    return html`<button
      class=${classMap({ button: true, tall: true, grows, [action.tone]: true })}
      part="button"
      type="button"
      data-action=${action.name}
      aria-disabled=${String(this.busy || Boolean(action.why))}
      aria-describedby=${action.why ? 'why' : nothing}
      @click=${() => void this.run(action)}
    >
      ${action.icon ? icon(action.icon) : nothing}${action.label}
    </button>`;
  }

  private tool(tool: Tool): TemplateResult {
    const { hosting: w } = deps().words;
    const faces: Record<Tool, [label: string, mark: IconName]> = {
      invite: [w.invite, 'userPlus'],
      muteAll: [w.muteAll, 'microphoneSlash'],
      react: [deps().words.reacting.react, 'smiley'],
    };
    const [label, mark] = faces[tool];
    const isExpanded = { invite: nothing, muteAll: String(this.asksMuteAll), react: String(this.showsReactions) }[tool];
    return html`<button
      class="button tall tile"
      part="button"
      type="button"
      data-action=${tool}
      aria-haspopup=${tool === 'invite' ? 'dialog' : nothing}
      aria-expanded=${isExpanded}
      @click=${() => this.take(tool)}
    >
      ${icon(mark)}<span>${label}</span>
    </button>`;
  }

  private take(tool: Tool): void {
    if (tool === 'invite') show(this, { kind: 'invite' });
    else if (tool === 'muteAll') this.asksMuteAll = !this.asksMuteAll;
    else this.showsReactions = !this.showsReactions;
  }

  /** Beside the tools of a co-host there is room for a tile only. */
  private aside(action: Action): TemplateResult {
    const isLeave = action.name === 'leave';
    return html`<button
      class="button tall tile"
      part="button"
      type="button"
      data-action=${action.name}
      aria-label=${action.label}
      aria-disabled=${String(this.busy)}
      @click=${() => void this.run(action)}
    >
      ${icon(isLeave ? 'signOut' : 'arrowDown')}<span>${isLeave ? deps().words.leaveShort : action.label}</span>
    </button>`;
  }

  /** Asked in place, with one line of consequence. */
  private confirm(snapshot: Snapshot): TemplateResult {
    const { hosting: w } = deps().words;
    const count = mutable(snapshot).length;
    const hasSpeakers = snapshot.stage.some(({ role }) => role === 'speaker');
    return html`<div class="confirm" role="group" aria-labelledby="mute-all">
      <p id="mute-all">
        <b>${count ? w.muteAllQuestion(count) : hasSpeakers ? w.nobodyToMute : w.noSpeakers}</b>
        ${count ? html`<small>${w.muteAllLine}</small>` : nothing}
      </p>
      <div class="pair">
        ${doing('keepTalking', count ? w.keepTalking : w.understood, 'quiet', false, () => (this.asksMuteAll = false))}
        ${count ? doing('confirmMuteAll', w.muteAll, 'primary', this.busy, () => void this.muteAll()) : nothing}
      </div>
    </div>`;
  }

  private async muteAll(): Promise<void> {
    if (await this.keep(attempt((session) => session.muteAll()))) return;
    this.asksMuteAll = false;
    deps().announce(deps().words.hosting.allMuted);
  }

  /** A button that is truly disabled would lose the focus to the page; this one keeps it until the next one stands there. */
  private async run({ name, why }: Action): Promise<void> {
    if (this.busy) return;
    if (name === 'howToFix') {
      this.dispatchEvent(new Event('spaces-help', { bubbles: true, composed: true }));
      return;
    }
    if (why) {
      deps().announce(why, true);
      return;
    }
    await this.keep(act(name));
    if (name === 'dismiss') this.dispatchEvent(new Event('spaces-fold', { bubbles: true, composed: true }));
  }

  private async keep(result: Promise<Problem | null>): Promise<Problem | null> {
    this.busy = true;
    this.problem = await result;
    this.busy = false;
    return this.problem;
  }
}
