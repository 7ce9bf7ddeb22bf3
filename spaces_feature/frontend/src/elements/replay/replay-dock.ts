/**
 * `<spaces-replay-dock>`: where a replay goes on while the member looks at other pages. While a live Space is in the dock
 * it steps aside, paused.
 *
 * @element spaces-replay-dock
 * @csspart dock - The bar itself.
 * @csspart button - Each button in it.
 */

import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import type { Problem } from '../../core/types';
import { house } from '../../replay/house';
import { replayWords as words } from '../../replay/words';
import dock from '../../styles/dock.css?inline';
import sheet from '../../styles/replay-dock.css?inline';
import { pageDeps } from '../context';
import { face } from '../face';
import { icon } from '../icons';
import { Observe } from '../observe';
import { replayIcon } from './replay-icons';
import { badge, troubleLine } from './replay-parts';
import { styled } from '../styles';
import { clock } from '../time';
import { variables } from '../variables';

export class SpacesReplayDock extends LitElement {
  static override styles = styled(dock, sheet);

  @state() private refusal: Problem | null = null;

  private readonly player = new Observe(this, house().player);
  private readonly page = new Observe(this, house().onPage);
  private readonly live = new Observe(this, pageDeps().session);

  protected override render(): TemplateResult | typeof nothing {
    const { space_id, at_s, is_playing, is_waiting, is_blocked, problem } = this.player.value;
    const { recording } = house().library.of(space_id ?? '').get();
    const stepsAside = this.live.value.connection.kind !== 'idle' || Boolean(this.live.value.warning);
    if (!space_id || !recording || this.page.value === space_id || stepsAside) return nothing;
    const trouble = this.refusal ?? problem;
    return html`<section class="dock replay" part="dock" aria-label=${words.dock}>
      ${trouble ? html`<div class="above">${troubleLine(trouble)}</div>` : nothing}
      <a class="body" href=${recording.page_url}>
        ${recording.host ? face(recording.host, 46) : nothing}
        <span class="words">
          <b dir="auto"><span class="sr">${words.openPage}: </span>${recording.title}</b>
          <span class="line">${badge()}${is_blocked
            ? html`<span role="status">${words.tapToListen}</span>`
            : html`<span class="num" dir="auto">${clock(Math.floor(at_s))}<span class="whole">\u00a0${words.of(recording.duration_s)}</span></span>`}</span>
        </span>
      </a>
      <button
        class="button primary round"
        part="button"
        type="button"
        data-action="play"
        aria-label=${is_playing ? words.pause : is_blocked ? words.tapToListen : words.play}
        aria-busy=${String(is_playing && is_waiting)}
        @click=${() => void this.toggle(is_playing)}
      >
        ${is_playing ? icon('pause') : replayIcon('play')}
      </button>
      <button class="button bare round" part="button" type="button" data-action="close" aria-label=${words.close} @click=${house().player.close}>${icon('x')}</button>
      <i class="done" ${variables({ '--now': recording.duration_s ? Math.min(1, at_s / recording.duration_s) : 0 })}></i>
    </section>`;
  }

  private async toggle(is_playing: boolean): Promise<void> {
    const { player } = house();
    const { space_id } = player.get();
    if (is_playing) player.pause();
    else if (space_id) this.refusal = await player.play(space_id);
  }
}
