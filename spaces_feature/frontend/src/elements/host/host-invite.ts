/**
 * `<spaces-invite-sheet>`: who is in the room, to be invited on stage. Nobody is up there without saying yes.
 *
 * @element spaces-invite-sheet
 */

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { InvitedRole, Problem, Profile, Session } from '../../core/types';
import own from '../../styles/host-sheet.css?inline';
import sheet from '../../styles/sheet.css?inline';
import { remaining } from '../ago';
import { asProblem, deps } from '../context';
import { Crowd, isFoundBy } from '../room/crowd';
import { problemLine } from '../room/dock-parts';
import { may, pausedUntil, personOf, saidNo, type Person } from './host-rules';
import { icon } from '../icons';
import { narrow } from '../modal';
import { firstName } from '../monogram';
import { doing, joined, personRow, rest, tick } from '../sheet-parts';
import { SideSheet } from '../side-sheet';
import { styled } from '../styles';
import { EachSecond, secondsSince, span } from '../time';

/** While somebody searches, pages are asked for until so many are found, */
const ENOUGH = 12;
/** or so many pages were looked through; then it takes a tap to go on. */
const FAR = 20;

export class SpacesInviteSheet extends SideSheet {
  static override styles = styled(sheet, own);

  @state() private asked = '';
  @state() private invitesAs: InvitedRole = 'speaker';
  @state() private troubles: ReadonlyMap<string, Problem> = new Map();
  private looked = 0;
  private readonly crowd = new Crowd(
    (cursor) => deps().api.participants(this.snapshot.space.id, cursor),
    () => this.requestUpdate(),
    asProblem,
  );

  constructor() {
    super();
    new EachSecond(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.crowd.stop();
  }

  protected override willUpdate(): void {
    this.crowd.heard(this.snapshot.space.participant_count);
  }

  protected override firstUpdated(): void {
    void this.crowd.more();
  }

  protected override updated(changed?: PropertyValues): void {
    super.updated();
    const { crowd } = this;
    if (!changed || !this.looksOn() || crowd.isLoading || this.found().length >= ENOUGH) return;
    this.looked += 1;
    void crowd.more();
  }

  /** Whether the rest of the room is searched without being asked again. */
  private looksOn(): boolean {
    return this.asked.trim() !== '' && !this.crowd.isComplete && !this.crowd.problem && this.looked < FAR;
  }

  protected override content(): TemplateResult {
    const { hosting: w } = deps().words;
    return html`<div class="head">
        ${this.heading(w.inviteTitle, narrow.matches)}
        <p class="soft">${w.inviteLine}</p>
        <label class="search">
          ${icon('search')}
          <input
            type="search"
            autocomplete="off"
            spellcheck="false"
            ?autofocus=${!narrow.matches}
            placeholder=${w.searchHint}
            aria-label=${w.search}
            .value=${this.asked}
            @input=${this.search}
          />
        </label>
        ${may(this.snapshot, 'name_cohosts') ? this.roles() : nothing}
      </div>
      <div class="scroll">${this.list()}</div>`;
  }

  private search = (event: Event): void => {
    this.asked = (event.target as HTMLInputElement).value;
    this.looked = 0;
  };

  private roles(): TemplateResult {
    const { hosting: w } = deps().words;
    const one = (role: InvitedRole, label: unknown) => tick('radio', 'role', role, this.invitesAs === role, label, () => (this.invitesAs = role));
    return html`<fieldset class="picks across">
      <legend>${w.inviteAs}</legend>
      ${one('speaker', w.asSpeaker)} ${one('cohost', html`${w.asCohost}`)}
      ${this.invitesAs === 'cohost' ? html`<p class="soft note">${w.cohostLine}</p>` : nothing}
    </fieldset>`;
  }

  private list(): TemplateResult {
    const { hosting: w } = deps().words;
    const { crowd } = this;
    const found = this.found();
    const isSearch = this.asked.trim() !== '';
    const isOpen = !crowd.isComplete && !crowd.problem;
    return html`<h3 class="label">${w.inTheRoom}</h3>
      ${found.length
        ? html`<ul class="people" role="list">
            ${repeat(
              found,
              ({ profile }) => profile.user_id,
              ({ profile, joined_at }) => this.row(profile, joined_at),
            )}
          </ul>`
        : isOpen
          ? nothing
          : html`<p class="soft">${isSearch ? w.noMatch(this.asked.trim()) : w.nobodyHere}</p>`}
      ${this.looksOn() && found.length < ENOUGH ? html`<p class="soft" role="status">${w.lookingOn}</p>` : rest(crowd, isSearch)}`;
  }

  /** Whoever is not on stage yet; speakers too where co-hosts are looked for. */
  private found(): { profile: Profile; joined_at: string | undefined }[] {
    const { stage, listeners, invitations = [], requests, me } = this.snapshot;
    const standing = new Map(stage.map(({ user_id, role }) => [user_id, role]));
    const speakers = this.invitesAs === 'cohost' ? stage.filter(({ role }) => role === 'speaker') : [];
    const known = [speakers, requests, invitations].map((rows) => rows.map(({ profile }) => profile));
    return joined(this.crowd.rows, ...known, listeners.sample).filter(({ profile }) => {
      const { user_id } = profile;
      const role = standing.get(user_id) ?? 'listener';
      const isCandidate = role === 'listener' || (role === 'speaker' && this.invitesAs === 'cohost');
      return isCandidate && user_id !== me.user_id && !user_id.startsWith('anonymous:') && isFoundBy(profile, this.asked);
    });
  }

  private row(profile: Profile, joined_at: string | undefined): TemplateResult {
    const person = personOf(this.snapshot, profile.user_id);
    const trouble = this.troubles.get(profile.user_id);
    return personRow(
      profile,
      this.line(person, joined_at),
      this.answer(profile, person),
      trouble ? html`<div class="below">${problemLine(trouble)}</div>` : nothing,
    );
  }

  private line({ seat, request, invitation }: Person, joined_at: string | undefined): string {
    const { hosting: w } = deps().words;
    if (invitation?.state === 'pending') return w.noAnswerYet[invitation.role];
    if (pausedUntil(invitation)) return saidNo(invitation, w);
    if (request) return w.asks(span(secondsSince(request.requested_at)));
    if (seat) return w.onStageNow;
    if (!joined_at) return '';
    const seconds = secondsSince(joined_at);
    return seconds < 60 ? w.listeningNow : w.listeningFor(span(seconds));
  }

  private answer(profile: Profile, { request, invitation }: Person): TemplateResult {
    const { words } = deps();
    const { hosting: w } = words;
    const id = profile.user_id;
    const name = firstName(profile);
    const isBusy = this.busy.has(id);
    const send = (command: (session: Session) => Promise<void>, said: string) => () => void this.send(id, command, said);
    if (invitation?.state === 'pending')
      return doing(
        'withdraw', html`${icon('check')}${w.invited}`, '', isBusy,
        send((session) => session.withdrawInvitation(id), w.isUninvited(name)), w.withdrawName(profile.name),
      );
    const pause = pausedUntil(invitation);
    if (pause) return html`<span class="soft num later">${w.againIn(remaining(pause))}</span>`;
    if (request && this.invitesAs === 'speaker')
      return doing(
        'accept', words.accept, 'primary', isBusy,
        send((session) => session.accept(id), w.isAccepted(name)), w.acceptName(profile.name),
      );
    const command = this.invitesAs === 'cohost' ? (session: Session) => session.nameCohost(id) : (session: Session) => session.invite(id, 'speaker');
    return doing('invite', w.invite, 'primary', isBusy, send(command, w.isInvited(name)), w.inviteName(profile.name));
  }

  private async send(id: string, command: (session: Session) => Promise<void>, said: string): Promise<void> {
    const problem = await this.once(id, command);
    if (problem === undefined) return;
    const troubles = new Map(this.troubles);
    if (problem) troubles.set(id, problem);
    else troubles.delete(id);
    this.troubles = troubles;
    if (!problem) deps().announce(said);
  }
}
