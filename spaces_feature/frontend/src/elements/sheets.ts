/** Which sheet is which element, who may see it, and the one about sound. */

import { html, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Snapshot } from '../core/types';
import { ownVoice } from './place/answering';
import { deps } from './context';
import { may } from './host/host-rules';
import { mayRecord } from './recording/recording-law';
import { popOut } from './sharing';
import { choice } from './sheet-parts';
import { SideSheet, type Sheet } from './side-sheet';

/** Whether the viewer may (still) see it: rights come and go while a sheet is open. */
export function mayShow({ kind }: Sheet, snapshot: Snapshot): boolean {
  switch (kind) {
    case 'invite':
    case 'end':
    case 'edit':
    case 'remove':
    case 'pin':
      return may(snapshot, kind);
    case 'menu':
    case 'removed':
      return may(snapshot, 'remove');
    case 'record':
      return mayRecord(snapshot, deps().config);
    case 'consent':
      return Boolean(snapshot.me.consent);
    default:
      return true;
  }
}

export function sheetOf(sheet: Sheet, snapshot: Snapshot, volume: number): TemplateResult {
  return html`${keyed(sheet, elementOf(sheet, snapshot, volume))}`;
}

function elementOf(sheet: Sheet, snapshot: Snapshot, volume: number): TemplateResult {
  switch (sheet.kind) {
    case 'sound':
      return html`<spaces-sound-sheet exportparts="button" .snapshot=${snapshot} .volume=${volume}></spaces-sound-sheet>`;
    case 'menu':
      return html`<spaces-menu-sheet exportparts="button" .snapshot=${snapshot}></spaces-menu-sheet>`;
    case 'person':
      return html`<spaces-person-sheet
        exportparts="button"
        .snapshot=${snapshot}
        .profile=${sheet.profile}
        .joinedAt=${sheet.joined_at}
      ></spaces-person-sheet>`;
    case 'invite':
      return html`<spaces-invite-sheet exportparts="button" .snapshot=${snapshot}></spaces-invite-sheet>`;
    case 'remove':
      return html`<spaces-remove-sheet exportparts="button" .snapshot=${snapshot} .profile=${sheet.profile}></spaces-remove-sheet>`;
    case 'removed':
      return html`<spaces-removed-sheet exportparts="button" .snapshot=${snapshot}></spaces-removed-sheet>`;
    case 'pin':
      return html`<spaces-pin-sheet exportparts="button" .snapshot=${snapshot}></spaces-pin-sheet>`;
    case 'edit':
      return html`<spaces-edit-sheet exportparts="button" .snapshot=${snapshot}></spaces-edit-sheet>`;
    case 'end':
      return html`<spaces-end-sheet exportparts="button" .snapshot=${snapshot}></spaces-end-sheet>`;
    case 'record':
      return html`<spaces-record-sheet exportparts="button" .snapshot=${snapshot}></spaces-record-sheet>`;
    case 'consent':
      return html`<spaces-consent-sheet exportparts="button" .snapshot=${snapshot}></spaces-consent-sheet>`;
    case 'report':
      return html`<spaces-report-sheet exportparts="button" .snapshot=${snapshot} .profile=${sheet.profile}></spaces-report-sheet>`;
  }
}

interface Devices {
  microphones: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

/**
 * `<spaces-sound-sheet>`: volume, devices, a window of its own.
 *
 * @element spaces-sound-sheet
 */
export class SpacesSoundSheet extends SideSheet {
  @property({ type: Number }) volume = 1;
  @state() private devices: Devices | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.run('devices', async (session) => (this.devices = await session.devices()));
  }

  protected override content(): TemplateResult {
    const { words } = deps();
        const setVolume = (event: Event) => {
      const volume = Number((event.target as HTMLInputElement).value) / 100;
      void this.run('volume', async (session) => session.setVolume(volume));
    };
    return html`<div class="head">${this.heading(words.settings)}</div>
      <div class="scroll">
        <label class="field">
          <span>${words.volume}</span>
          <input type="range" min="0" max="100" .value=${String(Math.round(this.volume * 100))} @input=${setVolume} />
        </label>
        ${this.field(words.microphone, 'audioinput', this.devices?.microphones)}
        ${this.field(words.speakers, 'audiooutput', this.devices?.speakers)} ${this.trouble()}
      </div>
      <ul class="menu" role="list">
        ${choice({ name: 'popOut', icon: 'popOut', title: words.popOut, line: words.popOutLine, press: this.popOut })}
        ${ownVoice(this.snapshot, () => this.show({ kind: 'consent' }))}
        ${may(this.snapshot, 'report') && this.snapshot.me.role !== 'host'
          ? choice({ name: 'report', icon: 'flag', title: words.hosting.reportSpace, press: () => this.show({ kind: 'report', profile: null }) })
          : nothing}
      </ul>`;
  }

  /** Devices without a name are those that the browser does not tell before it was allowed. */
  private field(label: string, kind: 'audioinput' | 'audiooutput', devices: MediaDeviceInfo[] = []): TemplateResult | typeof nothing {
    const named = devices.filter((device) => device.label);
    if (!named.length) return nothing;
    const choose = (event: Event) => {
      const id = (event.target as HTMLSelectElement).value;
      void this.run(kind, (session) => session.chooseDevice(kind, id));
    };
    return html`<label class="field">
      <span>${label}</span>
      <select @change=${choose}>
        ${named.map((device) => html`<option value=${device.deviceId}>${device.label}</option>`)}
      </select>
    </label>`;
  }

  private popOut = (): void => {
    popOut(this.snapshot.space);
    this.close();
  };
}
