/** The cards beside a replay: its chapters, and for hosts what may be worth a clip. */

import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { chapterAt } from '../../replay/chapters';
import type { Chapter, Fragment, Recording } from '../../replay/recording';
import { replayWords as words } from '../../replay/words';
import { bars, faces } from '../face';
import { firstName } from '../monogram';
import { replayIcon } from './replay-icons';
import { clock } from '../time';

const FACES = 2;

export function chaptersCard(chapters: Chapter[], at_s: number, isPlaying: boolean, go: (at_s: number) => void): TemplateResult {
  const here = chapterAt(chapters, at_s);
  return html`<section class="card" aria-labelledby="chapters">
    <h2 class="title" id="chapters">${words.chapters}</h2>
    <ol class="list" role="list">
      ${chapters.map(
        ({ at_s: begin, title }, place) => html`<li>
          <button
            class=${classMap({ row: true, here: place === here, sounds: place === here && isPlaying })}
            type="button"
            aria-current=${place === here ? 'true' : nothing}
            @click=${() => go(begin)}
          >
            <span class="num soft">${clock(Math.floor(begin))}</span><b dir="auto">${title}</b>
            ${place === here ? html`${bars}<span class="sr">${words.playsNow}</span>` : nothing}
          </button>
        </li>`,
      )}
    </ol>
  </section>`;
}

export function fragmentsCard(
  { fragments, speakers }: Recording,
  at: { hear(at_s: number): void; clip(fragment: Fragment): void },
): TemplateResult {
  const byId = new Map(speakers.map((talker) => [talker.user_id, talker.profile]));
  return html`<section class="card" aria-labelledby="worth">
    <h2 class="title" id="worth">${words.worth}</h2>
    <p class="soft small" dir="auto">${words.worthLine}</p>
    <ul class="list" role="list">
      ${fragments.map((fragment) => {
        const people = fragment.user_ids.flatMap((id) => byId.get(id) ?? []);
        const names = words.names(people.slice(0, 3).map(firstName)) || words.nobody;
        return html`<li class="fragment">
          <button class="row" type="button" @click=${() => at.hear(fragment.from_s)}>
            ${faces(people.slice(0, FACES), 40)}
            <span><b dir="auto"><span class="sr">${words.hear} </span>${names}</b><small class="soft num">${fragment.reason.text} \u00b7 ${clock(Math.floor(fragment.from_s))}</small></span>
          </button>
          <button class="button" part="button" type="button" aria-label=${words.clipOf(names, fragment.from_s)} @click=${() => at.clip(fragment)}>
            ${replayIcon('scissors')}${words.clip}
          </button>
        </li>`;
      })}
    </ul>
  </section>`;
}
