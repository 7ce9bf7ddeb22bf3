/** What a member is told when the room's law touches them: invited, muted, removed, warned, and how to report. */

import type { Report } from './report';

export const lawWords = {
  // Invited
  invitesYou: (name: string) => `${name} invites you`,
  comeUp: 'Come up and speak',
  beCohost: 'Be a co-host',
  no: 'No',

  // Roles that change
  youAreHost: 'You are the host now',
  youAreCohost: 'You are a co-host now',
  youAreSpeaker: 'You are a speaker now',

  // Held back
  mutedYouTitle: (name: string) => `${name} muted you`,
  canLiftItBecause: (name: string, reason: string) => `${name} can lift it. \u201c${reason}\u201d`,
  canUnmuteTitle: 'You can unmute now',
  stagePausedTitle: (app: string) => `${app}'s team paused the stage`,
  stagePausedLine: 'Nobody can speak now',
  onlyInvitedSpeak: 'Only invited people speak here',

  // The host lost connection
  lostConnection: (name: string) => `${name} lost connection`,
  takesOver: (name: string, time: string) => `${name} takes over in ${time}`,
  youTakeOver: (time: string) => `You take over in ${time}`,
  endsIn: (time: string) => `The Space ends in ${time}`,
  isBack: (name: string) => `${name} is back`,
  seatKept: 'connection lost, place kept',

  // Sent away, or over
  removedFrom: 'A host removed you from this Space',
  removedShort: 'A host removed you',
  removedByTeam: (app: string) => `${app}'s team removed you from this Space`,
  removedByTeamShort: (app: string) => `${app}'s team removed you`,
  removedForGood: 'You cannot come back to this one',
  noLongerIn: 'You can no longer be in this Space',
  membersOnly: 'This Space is for members only now',
  listeningOff: 'Listening is switched off for now',
  guestsOff: 'Listening signed out is switched off for now',
  guestsOffLine: 'Nothing you did. Sign in to go on',
  nothingYouDid: 'Nothing you did. Try again later',
  listeningNotOpen: 'Listening is not open to you yet. It may be soon.',
  endedBy: {
    host: '',
    host_gone: 'The host lost connection, and nobody could take over.',
    staff: 'The team ended it.',
    empty: 'Nobody was left on stage.',
    switched_off: 'Spaces are switched off for now. Nothing you did.',
    canceled: 'It was called off.',
    expired: 'It was not started in time.',
  },

  // Warned by staff
  warnedTag: 'A word from the team',
  warnedTitle: (app: string) => `${app}'s team asks you to take care`,
  understood: 'I understand',

  // Someone blocked
  blockedCameUp: (name: string) => `Someone you blocked is speaking: ${name}.`,

  // Joining
  listenUnlisted: 'Listen anonymously',
  listenUnlistedLine: 'Counted, not named',
  namesOnlyTitle: 'People listen here under their names now',
  namesOnlyLine: 'You are out, and nobody was told your name',
  listenNamed: 'Listen under mine',
  followersSee: 'Followers may see what you listen to.',
  followersDoNotSee: 'Followers do not see what you listen to.',
  turnOff: 'Turn off',
  turnOn: 'Turn on',
  onlyInvited: 'People I invite',
  allowUnlisted: 'Anonymous listeners',
  allowUnlistedLine: 'Counted, not named',

  // Report
  reportTitle: 'Report to the team',
  reportPerson: (name: string) => `Report ${name}`,
  reportSpaceTitle: 'Report this Space',
  reportWhom: 'Who is it about?',
  reportSpace: 'The Space as a whole',
  spokeLately: 'Spoke a moment ago',
  onStageNow: 'On stage',
  reportWhat: 'What is wrong?',
  categories: {
    harassment: 'Insults or harassment',
    hate: 'Hate against a group',
    violence: 'Threats or violence',
    self_harm: 'Self-harm or suicide',
    sexual: 'Sexual content',
    minors: 'Danger to a child',
    spam: 'Spam or a scam',
    impersonation: 'Pretends to be someone else',
    illegal: 'Something illegal',
    other: 'Something else',
  } satisfies Record<Report['category'], string>,
  reportMore: 'What happened? (you may leave this empty)',
  reportSend: 'Send report',
  reportPick: 'Choose what is wrong.',
  reportPrivate: 'Nobody in the Space is told who reported.',
  reportThanks: 'Thank you',
  reportNext: (app: string) => `${app}'s team looks at it and can listen in while the Space is live. You stay in the room.`,
  reportAlso: 'You can leave or block at any time.',
  done: 'Done',
};
