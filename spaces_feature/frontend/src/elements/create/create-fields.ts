/** Fields of the sheet for a Space. Templates only; the sheet holds the values. */

import { html, nothing, type TemplateResult } from 'lit';
import type { Topic } from '../../core/calls';
import type { Draft } from '../../core/draft';
import { isOpen, mayPlan } from '../../core/flags';
import type { Card, Cover } from '../../core/types';
import { deps } from '../context';
import { icon, type IconName } from '../icons';
import type { MicrophoneCheck } from '../microphone-check';
import { toggle } from '../toggle';
import { variables } from '../variables';

export const LONGEST_TITLE = 70;
export const MOST_TOPICS = 3;
export const COVERS: Exclude<Cover, ''>[] = ['pine', 'blue', 'plum', 'amber', 'violet'];

/** What is wrong with a field, under it; the field names it by `aria-describedby`. */
export const wrongLine = (id: string, text: string): TemplateResult =>
  html`<p class="wrong" id=${id} role="alert" ?hidden=${!text}>${text}</p>`;

const valueOf = (event: Event): string => (event.target as HTMLInputElement | HTMLSelectElement).value;

/** Now or later, where planning is open to the member. */
export function modeField(mode: Draft['mode'], choose: (mode: Draft['mode']) => void): TemplateResult | typeof nothing {
  const { plan } = deps().words;
  if (!mayPlan(deps().config)) return nothing;
  const one = (value: Draft['mode'], label: string) => html`<label>
    <input type="radio" name="mode" value=${value} .checked=${mode === value} @change=${() => choose(value)} /><span>${label}</span>
  </label>`;
  return html`<fieldset class="modes">
    <legend class="sr">${plan.when}</legend>
    ${one('now', plan.goLiveNow)} ${one('later', plan.schedule)}
  </fieldset>`;
}

export function subjectField(title: string, wrong: string, write: (title: string) => void): TemplateResult {
  const { words } = deps();
  return html`<label class="label" for="subject">
      <span>${words.createTitle}</span><span class="num" aria-hidden="true">${[...title].length} / ${LONGEST_TITLE}</span>
    </label>
    <input
      class="subject"
      id="subject"
      name="title"
      dir="auto"
      autocomplete="off"
      enterkeyhint="done"
      maxlength=${LONGEST_TITLE * 2}
      .value=${title}
      placeholder=${words.createTitleHint}
      aria-invalid=${wrong ? 'true' : 'false'}
      aria-describedby="wrong"
      @input=${(event: Event) => write(valueOf(event))}
    />
    ${wrongLine('wrong', wrong)}`;
}

/** Chosen topics as chips, and a native menu behind Add. `topics` is null until they are known. */
export function topicField(
  topics: Topic[] | null,
  chosen: string[],
  wrong: string,
  change: (topic_ids: string[]) => void,
): TemplateResult | typeof nothing {
  const { plan } = deps().words;
  // Its place is kept while they are on their way, so that nothing jumps under a finger.
  if (topics?.length === 0) return nothing;
  const known = topics ?? [];
  const nameOf = (id: string) => known.find((topic) => topic.id === id)?.name ?? id;
  const others = known.filter(({ id }) => !chosen.includes(id));
  const add = (event: Event) => {
    const menu = event.target as HTMLSelectElement;
    change([...chosen, menu.value]);
    menu.value = '';
  };
  return html`<fieldset class="topics" aria-describedby="wrong-topics">
    <legend class="label">${plan.topics}</legend>
    <div class="chips">
      ${chosen.map(
        (id) => html`<button class="chip" part="button" type="button" aria-label=${plan.dropTopic(nameOf(id))} @click=${() => change(chosen.filter((one) => one !== id))}>
          ${nameOf(id)}${icon('x')}
        </button>`,
      )}
      ${chosen.length < MOST_TOPICS && (!topics || others.length)
        ? html`<label class="chip add">
            ${icon('plus')}<span>${plan.addTopic}<span class="sr">${plan.addTopicRest}</span></span>
            <select ?disabled=${!topics} @change=${add}>
              <option value="" selected disabled hidden></option>
              ${others.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
            </select>
          </label>`
        : nothing}
    </div>
    ${wrongLine('wrong-topics', wrong)}
  </fieldset>`;
}

export function coverField(chosen: Cover, change: (change: { cover: Cover }) => void): TemplateResult {
  const { plan } = deps().words;
  return html`<fieldset class="covers">
    <legend>${plan.cover}</legend>
    <div class="swatches">
      ${COVERS.map(
        (cover) => html`<label class="swatch" data-cover=${cover} title=${plan.covers[cover]}>
          <input type="radio" name="cover" value=${cover} aria-label=${plan.covers[cover]} .checked=${cover === chosen} @change=${() => change({ cover })} />
          ${icon('check')}
        </label>`,
      )}
    </div>
  </fieldset>`;
}

/** A row with a native menu over it: keyboard, touch and screen readers meet what they know. */
function optionField<V extends string>(
  picture: IconName,
  title: string,
  line: string,
  value: V,
  choices: Partial<Record<V, string>>,
  choose: (value: V) => void,
): TemplateResult {
  const names = Object.entries(choices) as [V, string][];
  return html`<label class="option">
    ${icon(picture)}
    <span><b>${title}</b><small>${line}</small></span>
    <span class="chosen" aria-hidden="true">${choices[value]}${icon('caretRight')}</span>
    <select aria-label=${title} @change=${(event: Event) => choose(valueOf(event) as V)}>
      ${names.map(([name, label]) => html`<option value=${name} ?selected=${name === value}>${label}</option>`)}
    </select>
  </label>`;
}

/** Who can come and speak, how they may listen, and what is kept. */
export function optionFields(draft: Draft, change: (change: Partial<Draft>) => void): TemplateResult {
  const { words, config } = deps();
  const { plan, recording: kept, everyone, followers, following } = words;
  const reach = { everyone, followers, following, invited: plan.onlyInvited };
  const speakers = { everyone, following, invited: words.onlyInvited };
  return html`<div class="options">
    ${optionField('users', plan.whoCanCome, plan.changeAnyTime, draft.audience, reach, (audience) => change({ audience }))}
    ${optionField('hand', plan.whoMaySpeak, words.youAcceptEach, draft.speak, speakers, (speak) => change({ speak }))}
    ${isOpen(config, 'spaces.anonymous')
      ? toggle('hidden', words.allowUnlisted, words.allowUnlistedLine, draft.allows_anonymous, (allows_anonymous) => change({ allows_anonymous }))
      : nothing}
    ${isOpen(config, 'spaces.guests') && draft.audience === 'everyone'
      ? toggle('globe', plan.guests, plan.guestsLine, draft.allows_guests, (allows_guests) => change({ allows_guests }))
      : nothing}
    ${isOpen(config, 'spaces.record')
      ? toggle('record', kept.record, kept.recordLine, draft.is_recorded, (is_recorded) => change({ is_recorded }))
      : nothing}
    ${isOpen(config, 'spaces.clip')
      ? toggle('scissors', kept.allowClips, kept.allowClipsLine, draft.allows_clips, (allows_clips) => change({ allows_clips }))
      : nothing}
  </div>`;
}

/** The post that the Space starts from. */
export function cardField(card: Partial<Card>, drop: () => void): TemplateResult {
  const { plan } = deps().words;
  return html`<div class="post">
    ${icon('pin')}
    <p><b>${card.author ? `${plan.pinnedPost} \u00b7 ${card.author.name}` : plan.pinnedPost}</b><small dir="auto">${card.text ?? plan.thePost}</small></p>
    <button class="button bare round" part="button" type="button" aria-label=${plan.dropPost} @click=${drop}>${icon('x')}</button>
  </div>`;
}

export function microphoneField(check: MicrophoneCheck): TemplateResult {
  const { words } = deps();
  const { state: heard, bars, devices } = check;
  const [title, line] = words.microphoneCheck[heard];
  const named = devices.filter(({ label }) => label);
  return html`<div class="microphone" data-state=${heard}>
    ${icon(heard === 'hearing' || heard === 'idle' || heard === 'asking' ? 'microphone' : 'microphoneOff')}
    <p role="status"><b>${title}</b><small>${line}</small></p>
    ${heard === 'hearing'
      ? html`<span class="meter" aria-hidden="true">
          ${bars.map((bar) => html`<i ${variables({ '--bar': bar })}></i>`)}
        </span>`
      : html`<button class="button" part="button" type="button" ?disabled=${heard === 'asking'} @click=${() => void check.start()}>
          ${heard === 'idle' || heard === 'asking' ? words.checkIt : words.tryAgain}
        </button>`}
    ${heard === 'hearing' && named.length > 1
      ? html`<select aria-label=${words.microphone} @change=${(event: Event) => void check.start(valueOf(event))}>
          ${named.map((device) => html`<option value=${device.deviceId}>${device.label}</option>`)}
        </select>`
      : nothing}
  </div>`;
}
