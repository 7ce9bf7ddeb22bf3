/**
 * `<spaces-reactions>`: answers without words: six buttons, and what everybody sends rising from them. Silent: how many
 * came lately is there to be read, and is never said by itself.
 *
 * @element spaces-reactions
 * @csspart button - Each button.
 */

import { LitElement, html, nothing, render, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { NAMES, REACTIONS, createPace, reactionOf, rising, type Reaction, type ReactionCounts } from '../../core/reactions';
import type { Problem } from '../../core/types';
import sheet from '../../styles/reactions.css?inline';
import { asProblem, defineOnce, deps } from '../context';
import { problemLine } from './dock-parts';
import { emoji } from '../emoji';
import { Observe } from '../observe';
import { styled } from '../styles';

/** Asked here and not of the strip's own module, which would then be a request of its own on every page. */
const still = matchMedia('(prefers-reduced-motion: reduce)');
/** At once in the air. */
const MOST = 12;
const RISE_MS = 1200;
/** What one event tells of came within about a second, and is drawn as it came. */
const SPREAD_MS = 800;
/** How often the member may react, as the server has it. */
const PACE = [5, 1000] as const;
/** Milliseconds between two changes of the text that says how many came, and how long it looks back. */
const SUMMARY_MS = 10_000;

class SpacesReactions extends LitElement {
  static override styles = styled(sheet);

  @property() spaceId = '';

  @state() private problem: Problem | null = null;
  @state() private summary = '';
  @query('.sky') private sky!: HTMLElement;

  private readonly session = new Observe(this, deps().session);
  private readonly mayReact = createPace(...PACE);
  /** Sent and not yet come back. */
  private readonly own = new Map<Reaction, number>();
  private sending: Promise<unknown> = Promise.resolve();
  private lately: ReactionCounts = {};
  private seen = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.seen = this.session.value.reactions?.event ?? 0;
    this.timer = setInterval(() => this.sumUp(), SUMMARY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  protected override render(): TemplateResult {
    const { react, reactions } = deps().words.reacting;
    return html`${this.problem ? problemLine(this.problem) : nothing}
      <div class="row" role="group" aria-label=${react} aria-describedby="lately">
        ${NAMES.map(
          (name) => html`<button class="button round" part="button" type="button" data-reaction=${name} aria-label=${reactions[name][0]} @click=${() => this.send(name)}>
            ${emoji(name)}
          </button>`,
        )}
      </div>
      <p class="sr" id="lately">${this.summary}</p>
      <div class="sky" aria-hidden="true"></div>`;
  }

  protected override updated(): void {
    const { reactions } = this.session.value;
    if (!reactions || reactions.event === this.seen) return;
    this.seen = reactions.event;
    for (const [sent, count] of Object.entries(reactions.counts)) this.lately[sent] = (this.lately[sent] ?? 0) + count;
    for (const name of rising(reactions.counts, this.own, MOST)) setTimeout(() => this.rise(name), Math.random() * SPREAD_MS);
  }

  /** Drawn at once. One call after the other, so that the same one twice is two. */
  private send(name: Reaction): void {
    if (!this.mayReact()) return;
    this.rise(name);
    this.count(name, 1);
    const path = `/spaces/${encodeURIComponent(this.spaceId)}/reactions`;
    this.sending = this.sending
      .then(() => deps().api.call('POST', path, { emoji: REACTIONS[name] }))
      .then(
        () => (this.problem = null),
        (error: unknown) => {
          this.count(name, -1);
          const problem = asProblem(error);
          // Too many at once is no news to who taps that fast.
          if (problem.status !== 429) this.problem = problem;
        },
      );
  }

  private count(name: Reaction, more: number): void {
    this.own.set(name, Math.max(0, (this.own.get(name) ?? 0) + more));
  }

  private rise(name: Reaction): void {
    if (!this.isConnected || document.hidden || still.matches || this.sky.childElementCount >= MOST) return;
    const at = NAMES.indexOf(name) / (NAMES.length - 1);
    const drawn = document.createElement('span');
    render(emoji(name), drawn);
    const floating = drawn.firstElementChild as HTMLElement;
    const room = this.sky.clientWidth - 44;
    floating.style.setProperty('--from', `${Math.round(8 + at * room + (Math.random() - 0.5) * 24)}px`);
    this.sky.append(floating);
    const frames = [
      { transform: 'translateY(0) scale(.6)', opacity: 0 },
      { transform: 'translateY(-16px) scale(1)', opacity: 1, offset: 0.2 },
      { opacity: 1, offset: 0.6 },
      { transform: 'translateY(-80px) scale(1)', opacity: 0 },
    ];
    floating.animate(frames, { duration: RISE_MS, easing: 'cubic-bezier(.2,.8,.2,1)' }).onfinish = () => floating.remove();
  }

  private sumUp(): void {
    const { reactions, lately } = deps().words.reacting;
    const counted = Object.entries(this.lately).flatMap(([sent, count]) => {
      const name = reactionOf(sent);
      return name ? [`${count} ${reactions[name][count === 1 ? 1 : 2]}`] : [];
    });
    this.summary = counted.length ? lately(counted) : '';
    this.lately = {};
  }
}

defineOnce('spaces-reactions', SpacesReactions);
