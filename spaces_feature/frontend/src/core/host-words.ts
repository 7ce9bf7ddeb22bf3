/** The sentences of whoever runs a Space, and of the sheets about people: `words.hosting`. */

const numbers = ['nobody', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

const inWords = (count: number) => numbers[count] ?? count.toLocaleString('en');

const people = (count: number) => (count === 1 ? '1 person' : `${count.toLocaleString('en')} people`);

export const hostWords = {
  // What it came to
  numbers: 'Numbers',
  numbersLine: 'Who came, and who spoke how long',

  // Beside a name
  followEachOther: 'You follow each other',
  followsYou: 'Follows you',
  youFollow: 'You follow',
  follows: (host: string) => `Follows ${host}`,
  isFollowedBy: (host: string) => `${host} follows`,
  followsBack: (host: string) => `${host} follows back`,
  mutuals: (count: number) => (count === 0 ? 'No mutuals' : count === 1 ? '1 mutual' : `${count.toLocaleString('en')} mutuals`),
  removedByYou: (when: string) => `Removed by you, ${when}`,
  removedBy: (host: string, when: string) => `Removed by ${host}, ${when}`,
  justNow: 'just now',
  ago: (time: string) => `${time} ago`,

  // The queue
  asking: (count: number) => (count === 1 ? '1 person asks to speak' : `${count.toLocaleString('en')} ask to speak`),
  askingIsOff: 'Only invited people speak here.',
  noRequests: 'Nobody is asking to speak.',
  noRequestsLine: 'You can invite someone instead.',

  // The bar
  invite: 'Invite',
  muteAll: 'Mute all',
  muteAllQuestion: (count: number) => (count === 1 ? 'Mute the one speaker?' : `Mute all ${inWords(count)} speakers?`),
  muteAllLine: 'Each stays muted until you lift it, one by one.',
  nobodyToMute: 'Every speaker is muted already.',
  noSpeakers: 'There is no speaker to mute.',
  allMuted: 'All speakers are muted.',
  keepTalking: 'Let them talk',
  understood: 'All right',

  // The menu
  more: 'More',
  editLine: 'Title, cover, who may come and speak',
  edit: 'Edit the Space',
  removedPeople: 'Removed people',
  removedPeopleLine: 'Who, why, and the way back in',
  linkLine: 'For anyone who may listen',

  // The invitation sheet
  inviteTitle: 'Invite to speak',
  inviteLine: 'They decide. Nobody is on stage without saying yes.',
  inviteAs: 'Invite as',
  asSpeaker: 'Speaker',
  asCohost: 'Co-host',
  cohostLine: 'May accept, mute and remove',
  searchHint: 'Name or @handle',
  search: 'Find somebody in the room',
  inTheRoom: 'In the room',
  noMatch: (query: string) => `Nobody in the room is called “${query}”.`,
  lookingOn: 'Looking through the room...',
  nobodyHere: 'Nobody is listening yet. Share the link, and invite them when they are here.',
  listeningFor: (time: string) => `Listening for ${time}`,
  listeningNow: 'Just came in',
  onStageNow: 'On stage',
  asks: (time: string) => `Asks to speak \u00b7 ${time}`,
  invited: 'Invited',
  noAnswerYet: { speaker: 'No answer yet', cohost: 'As co-host, no answer yet' },
  saidNo: (when: string) => `Said no ${when}`,
  againIn: (time: string) => `Again in ${time}`,
  inviteName: (name: string) => `Invite ${name}`,
  withdrawName: (name: string) => `${name} is invited. Take the invitation back`,
  acceptName: (name: string) => `Accept ${name}`,
  isInvited: (name: string) => `${name} is invited.`,
  isUninvited: (name: string) => `The invitation of ${name} is taken back.`,
  showMore: 'Show more',

  // The sheet about one person
  roleFor: (role: string, time: string) => `${role} for ${time}`,
  inTheAudience: 'In the audience',
  notListed: 'Listens without a name',
  connectionLost: 'connection lost',
  isMutedByHost: 'muted by the host',
  accept: 'Bring on stage',
  acceptLine: 'They start muted',
  decline: 'Decline the request',
  declineLine: 'They keep listening and may ask again',
  invitePerson: 'Invite to speak',
  invitePersonLine: 'They decide',
  withdraw: 'Take the invitation back',
  withdrawLine: (time: string) => `They have not answered. It ends in ${time}`,
  mute: 'Mute',
  muteLine: 'Stays muted until you lift it',
  liftMute: 'Lift the mute',
  liftMuteLine: 'They unmute by themselves',
  makeCohost: 'Make co-host',
  makeCohostLine: 'May accept, mute and remove',
  dismissCohost: 'Take the co-host role away',
  dismissCohostLine: 'Stays on stage as a speaker',
  moveToAudience: 'Move to the audience',
  moveToAudienceLine: 'Can ask to speak again',
  handOver: 'Hand the Space over',
  handOverLine: 'They become the host, you take their role',
  report: 'Report',
  reportSpace: 'Report this Space',
  remove: 'Remove from this Space',
  removeLine: 'Cannot come back to this one',
  isMuted: (name: string) => `${name} is muted.`,
  mayTalk: (name: string) => `${name} may unmute again.`,
  isMoved: (name: string) => `${name} is in the audience.`,
  isSpeakerAgain: (name: string) => `${name} is a speaker.`,
  isHost: (name: string) => `${name} is the host.`,
  isAccepted: (name: string) => `${name} comes on stage.`,
  isDeclined: (name: string) => `The request of ${name} is declined.`,

  // Removing
  removeTitle: (name: string) => `Remove ${name} from this Space?`,
  removeConsequence: (name: string, isHost: boolean) =>
    `${name} leaves at once and cannot come back to this one. The notice says that ${isHost ? 'the' : 'a'} host did it, not why.`,
  reason: (app: string) => `Reason, for you and ${app}’s team`,
  reasons: {
    over: 'Talks over others',
    harassment: 'Insults or harassment',
    spam: 'Spam or selling',
    other: 'Something else',
  },
  yourWords: 'In your words',
  yourWordsHint: 'What happened',
  reportToo: (app: string) => `Report to ${app}’s team too`,
  keep: 'Keep',
  removeShort: 'Remove',
  isRemoved: (name: string) => `${name} is removed.`,
  removedUnreported: (name: string) => `${name} is removed. The report did not get through.`,
  sendReport: 'Send the report again',

  // Who was removed
  removedTitle: 'Removed people',
  removedIntro: 'They cannot come back to this Space until somebody lets them in.',
  nobodyRemoved: 'Nobody was removed from this Space.',
  noReason: 'No reason given',
  removedWhen: (when: string, by: string) => `By ${by}, ${when}`,
  byYou: 'you',
  byAHost: 'a host',
  letBackIn: 'Let back in',
  letBackInName: (name: string) => `Let back in: ${name}`,
  isBack: (name: string) => `${name} may come back.`,

  // Editing
  editTitle: 'Edit the Space',
  title: 'Title',
  whoMayAsk: 'Who may ask to speak',
  mayAsk: {
    everyone: ['Everyone', 'You accept each person'],
    following: ['People the host follows', 'The others listen'],
    invited: ['Only invited people', 'Nobody can ask'],
  } satisfies Record<string, [title: string, line: string]>,
  youFollowThem: 'People I follow',
  /** To the host, to a co-host. */
  mayCome: {
    everyone: ['Everyone', 'Everyone'],
    followers: ['People who follow me', 'People who follow the host'],
    following: ['People I follow', 'People the host follows'],
    invited: ['People I invite', 'Invited people'],
  },
  editNote: 'It holds at once, for everybody here.',
  save: 'Save',
  isSaved: 'The Space is changed.',

  // Ending
  endQuestion: 'End for everyone?',
  endCounts: (listening: number, asking: number) =>
    `${listening ? people(listening) : 'Nobody'} ${listening > 1 ? 'are' : 'is'} listening` +
    (asking ? `, and ${inWords(asking)} ${asking === 1 ? 'has' : 'have'} asked to speak.` : '.'),
  handOverTo: (name: string) => `Hand over to ${name}`,
  goesOn: 'The Space goes on without you',
  handOverShort: 'Hand over',
  notRecorded: 'It was not recorded, so there is nothing to replay.',

  // Fetching a list
  loading: 'One moment...',
};

export type HostWords = typeof hostWords;
