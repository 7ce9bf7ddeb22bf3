/**
 * `<spaces-person-sheet>`: one person in the room, and what the viewer may do about them, each with its consequence.
 *
 * @element spaces-person-sheet
 */

import { html, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { Profile, Session } from '../../core/types';
import { remaining } from '../ago';
import { deps } from '../context';
import { face } from '../face';
import { standing } from './host-chips';
import { actionsOn, pausedUntil, personOf, saidNo, type Person, type PersonAction } from './host-rules';
import type { IconName } from '../icons';
import { firstName } from '../monogram';
import { choice } from '../sheet-parts';
import { SideSheet } from '../side-sheet';
import { EachSecond, secondsSince, span } from '../time';

const ICONS: Record<PersonAction, IconName> = {
  accept: 'check', decline: 'x', invite: 'userPlus', withdraw: 'userMinus', mute: 'microphoneSlash', liftMute: 'microphone',
  makeCohost: 'crown', dismissCohost: 'crown', moveToAudience: 'arrowDown', handOver: 'userSwitch', report: 'flag',
  remove: 'prohibit',
};

/** Afterwards the person is elsewhere, and the sheet has said what it had to. */
const FINAL: ReadonlySet<PersonAction> = new Set(['accept', 'decline', 'moveToAudience', 'handOver']);

export class SpacesPersonSheet extends SideSheet {
  @property({ attribute: false }) profile!: Profile;
  /** ISO, where it is known. */
  @property({ attribute: false }) joinedAt: string | undefined;

  constructor() {
    super();
    new EachSecond(this);
  }

  protected override content(): TemplateResult {
    const { words } = deps();
    const { profile, snapshot } = this;
    const person = personOf(snapshot, profile.user_id);
    const actions = actionsOn(snapshot, profile.user_id);
    const url = person.isAnonymous ? '' : profile.url;
    const gentle = actions.filter((action) => action !== 'remove' && action !== 'report');
    return html`<div class="head person">
        ${face(profile, 56)}
        <div>
          ${this.heading(profile.name)}
          <p class="soft num">${this.facts(person).join(' \u00b7 ')}</p>
        </div>
      </div>
      <div class="scroll">
        ${this.problem ? html`<div class="told">${this.trouble()}</div>` : nothing}
        ${gentle.length || url || actions.includes('report')
          ? html`<ul class="menu" role="list">
              ${gentle.map((action) => this.offer(action, person))}
              ${url ? choice({ name: 'profile', icon: 'profile', title: words.seeProfile, url }) : nothing}
              ${actions.includes('report') ? this.offer('report', person) : nothing}
            </ul>`
          : nothing}
        ${actions.includes('remove')
          ? html`<ul class=${actions.length > 1 ? 'menu apart' : 'menu'} role="list">
              ${this.offer('remove', person)}
            </ul>`
          : nothing}
      </div>`;
  }

  /** Role and since when, what holds them up, how they stand to the host. */
  private facts({ seat, role, request, isAnonymous, isMe }: Person): string[] {
    const { words } = deps();
    const { hosting: w } = words;
    const { me, stage } = this.snapshot;
    const since = seat?.seated_at;
    const names = { host: words.host, cohost: words.cohost, speaker: words.speaker };
    const facts: string[] = [];
    if (role !== 'listener') facts.push(since ? w.roleFor(names[role], span(secondsSince(since))) : names[role]);
    else if (isAnonymous) facts.push(w.notListed);
    else if (request) facts.push(w.asks(span(secondsSince(request.requested_at))));
    else facts.push(this.joinedAt ? w.listeningFor(span(secondsSince(this.joinedAt))) : w.inTheAudience);
    if (isMe) facts.push(words.you.toLowerCase());
    if (seat?.lost_at) facts.push(w.connectionLost);
    if (seat?.is_muted_by_host) facts.push(w.isMutedByHost);
    const host = stage.find((one) => one.role === 'host');
    if (request?.relation)
      facts.push(...standing(request.relation, me.role, host ? firstName(host.profile) : words.host, w));
    return facts;
  }

  private offer(action: PersonAction, { invitation }: Person): TemplateResult {
    const { hosting: w } = deps().words;
    const pause = action === 'invite' || action === 'makeCohost' ? pausedUntil(invitation) : null;
    const [title, line] = {
      accept: [w.accept, w.acceptLine],
      decline: [w.decline, w.declineLine],
      invite: [w.invitePerson, w.invitePersonLine],
      withdraw: [w.withdraw, invitation ? w.withdrawLine(remaining(invitation.expires_at)) : ''],
      mute: [w.mute, w.muteLine],
      liftMute: [w.liftMute, w.liftMuteLine],
      makeCohost: [w.makeCohost, w.makeCohostLine],
      dismissCohost: [w.dismissCohost, w.dismissCohostLine],
      moveToAudience: [w.moveToAudience, w.moveToAudienceLine],
      handOver: [w.handOver, w.handOverLine],
      report: [w.report, ''],
      remove: [w.remove, w.removeLine],
    }[action] as [string, string];
    return choice({
      name: action,
      icon: ICONS[action],
      title,
      line: pause ? `${saidNo(invitation, w)}. ${w.againIn(remaining(pause))}` : line,
      tone: action === 'remove' ? 'danger' : 'plain',
      isBusy: this.busy.has(action),
      isOff: pause !== null,
      press: () => void this.choose(action),
    });
  }

  private async choose(action: PersonAction): Promise<void> {
    const { profile } = this;
    if (action === 'report' || action === 'remove') return this.show({ kind: action, profile });
    const { hosting: w } = deps().words;
    const id = profile.user_id;
    const name = firstName(profile);
    const commands: Record<typeof action, [command: (session: Session) => Promise<void>, said: string]> = {
      accept: [(session) => session.accept(id), w.isAccepted(name)],
      decline: [(session) => session.decline(id), w.isDeclined(name)],
      invite: [(session) => session.invite(id, 'speaker'), w.isInvited(name)],
      withdraw: [(session) => session.withdrawInvitation(id), w.isUninvited(name)],
      mute: [(session) => session.mute(id), w.isMuted(name)],
      liftMute: [(session) => session.liftMute(id), w.mayTalk(name)],
      makeCohost: [(session) => session.nameCohost(id), w.isInvited(name)],
      dismissCohost: [(session) => session.dismissCohost(id), w.isSpeakerAgain(name)],
      moveToAudience: [(session) => session.moveToAudience(id), w.isMoved(name)],
      handOver: [(session) => session.handOver(id), w.isHost(name)],
    };
    const [command, said] = commands[action];
    if ((await this.run(action, command, said)) && FINAL.has(action)) this.close();
  }
}
