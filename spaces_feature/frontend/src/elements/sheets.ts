/** Sheets that open beside the room, or from below when narrow. */

import { html, nothing, type TemplateResult } from 'lit';
import type { Seat, Snapshot } from '../core/types';
import { deps } from './context';
import { face } from './face';
import { icon } from './icons';

/** What a person on stage can be offered, each with its line of consequence. */
export function seatSheet(seat: Seat, snapshot: Snapshot, move: () => void): TemplateResult {
  const { words } = deps();
  const { profile, role } = seat;
  const mayMove = snapshot.me.permissions.includes('move_to_audience');
  return html`<header class="person">
      ${face(profile, 56)}
      <div>
        <h2 class="title" id="sheet-title" dir="auto">${profile.name}</h2>
        <p class="soft">${role === 'cohost' ? words.cohost : words.speaker}</p>
      </div>
    </header>
    <ul class="menu" role="list">
      ${mayMove
        ? html`<li>
            <button class="choice" type="button" data-action="moveToAudience" @click=${move}>
              ${icon('arrowDown')}<span><b>${words.moveToAudience}</b><small>${words.moveToAudienceLine}</small></span>
            </button>
          </li>`
        : nothing}
      ${profile.url
        ? html`<li><a class="choice" href=${profile.url}>${icon('profile')}<span><b>${words.seeProfile}</b></span></a></li>`
        : nothing}
    </ul>`;
}

/** What ending does, before it is done. */
export function endSheet(snapshot: Snapshot, stay: () => void, end: () => void, busy: boolean): TemplateResult {
  const { words } = deps();
  return html`<h2 class="title" id="sheet-title">${words.endQuestion}</h2>
    <p class="soft">${words.endCounts(snapshot.listeners.count, snapshot.requests.length)} ${words.endNote}</p>
    <div class="pair">
      <button class="button tall" part="button" type="button" @click=${stay}>${words.stay}</button>
      <button class="button danger tall" part="button" type="button" data-action="end" ?disabled=${busy} @click=${end}>
        ${words.end}
      </button>
    </div>`;
}

export interface Devices {
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

/** Volume, devices, and a window of its own. Devices without a name are those the browser does not tell before it was allowed. */
export function soundSheet(
  volume: number,
  devices: Devices | null,
  setVolume: (volume: number) => void,
  choose: (kind: 'audioinput' | 'audiooutput', id: string) => void,
  popOut: () => void,
): TemplateResult {
  const { words } = deps();
  return html`<h2 class="title" id="sheet-title">${words.settings}</h2>
    <label class="field">
      <span>${words.volume}</span>
      <input
        type="range"
        min="0"
        max="100"
        .value=${String(Math.round(volume * 100))}
        @input=${(event: Event) => setVolume(Number((event.target as HTMLInputElement).value) / 100)}
      />
    </label>
    ${deviceField(words.microphone, devices?.microphones ?? [], (id) => choose('audioinput', id))}
    ${deviceField(words.speakers, devices?.speakers ?? [], (id) => choose('audiooutput', id))}
    <ul class="menu" role="list">
      <li>
        <button class="choice" type="button" data-action="popOut" @click=${popOut}>
          ${icon('popOut')}<span><b>${words.popOut}</b><small>${words.popOutLine}</small></span>
        </button>
      </li>
    </ul>`;
}

function deviceField(label: string, devices: MediaDeviceInfo[], choose: (id: string) => void): TemplateResult | typeof nothing {
  const named = devices.filter((device) => device.label);
  if (!named.length) return nothing;
  return html`<label class="field">
    <span>${label}</span>
    <select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
      ${named.map((device) => html`<option value=${device.deviceId}>${device.label}</option>`)}
    </select>
  </label>`;
}
