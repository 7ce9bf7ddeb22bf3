/**
 * Every sentence that the room, its dock and its dialogs show, on top of those of every page. One object, so that a
 * translation replaces it as a whole: functions take what they name and decide about order and number themselves. It is
 * loaded with the room's elements, so it may grow.
 */

import { hostWords } from './host-words';
import { lawWords } from './law-words';
import { pageWords } from './page-words';
import { planWords } from './plan-words';
import { reactingWords } from './reacting-words';
import { recordingWords } from './recording-words';
import { troubleWords } from './trouble-words';
import type { Space } from './types';

const ordinals = ['next', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

const reach = { everyone: 'public', followers: 'for followers', following: 'for people they follow', invited: 'by invitation' };

const people = (count: number) => (count === 1 ? '1 person' : `${count.toLocaleString('en')} people`);

export const words = {
  ...pageWords,
  ...troubleWords,
  ...lawWords,
  hosting: hostWords,
  plan: planWords,
  reacting: reactingWords,
  recording: recordingWords,

  // Marks and roles
  live: 'Live',
  cohost: 'Co-host',
  speaker: 'Speaker',
  you: 'You',
  talking: 'talking',
  muted: 'muted',
  mutedByHost: 'muted by the host',

  // Buttons
  listen: 'Listen',
  leave: 'Leave quietly',
  askToSpeak: 'Ask to speak',
  signInToSpeak: 'Sign in to speak',
  takeBack: 'Take back',
  accept: 'Accept',
  decline: 'Decline',
  stepDown: 'Step down',
  moveToAudience: 'Move to the audience',
  end: 'End Space',
  goLive: 'Go live',
  unmute: 'Unmute',
  mute: 'Mute',
  bringHere: 'Bring here',
  tryAgain: 'Try again',
  dismiss: 'Close',
  cancel: 'Cancel',
  open: 'Open',
  fold: 'Fold away',
  share: 'Share',
  copyLink: 'Copy link',
  shareLink: 'Share link',
  copied: 'Link copied',
  settings: 'Sound settings',
  popOut: 'Open in its own window',
  popOutLine: 'Keeps playing while you browse elsewhere',
  volume: 'Volume',
  microphone: 'Microphone',
  speakers: 'Speakers',

  // The room
  stage: 'On stage',
  audience: 'Listening',
  requests: 'Asking to speak',
  noRequests: 'Nobody is asking to speak.',
  emptyStage: 'Nobody is on stage.',
  waiting: (minutes: number) => (minutes < 1 ? 'just now' : `${minutes} min`),
  listeners: (count: number) => `${people(count)} listening`,
  present: people,
  more: (count: number) => `${count.toLocaleString('en')} more`,
  seat: (name: string, facts: string[]) => [name, ...facts].join(', '),
  isTalking: (name: string) => `${name} is talking`,
  areTalking: (name: string, others: number) => (others === 0 ? `${name} is talking` : `${name} and ${others} more`),
  blockedSpeaker: 'Someone you blocked is speaking.',

  // My own state
  joining: 'Joining...',
  asked: 'Asked to speak.',
  youCanSpeak: 'You can speak now. Tap to unmute.',
  microphoneOpen: 'Your microphone is on.',
  microphoneMuted: 'Your microphone is muted.',
  movedToAudience: 'You are in the audience now.',
  soundBlocked: 'Your browser holds the sound back. Tap for sound.',
  reconnecting: 'Reconnecting... Your place is kept.',
  offline: 'No network. We keep trying, your place is kept.',
  elsewhere: 'Playing on another device or tab.',
  ended: 'This Space has ended.',
  endedNotRecorded: 'This Space has ended. It was not recorded, so there is nothing to replay.',

  // Dialogs
  create: 'Start a Space',
  createTitle: 'What will you talk about?',
  createTitleHint: 'Up to 70 characters',
  createTitleMissing: 'Give your Space a title.',
  everyone: 'Everyone',
  followers: 'People who follow me',
  following: 'People I follow',
  endQuestion: 'End for everyone?',
  endNote: 'Everyone leaves at once. It was not recorded.',

  // The member's own place: a title and one line
  dock: 'Your Space',
  leaveShort: 'Leave',
  joiningLine: 'One moment',
  listeningTo: (title: string) => `You are listening to ${title}`,
  quietNow: 'Quiet right now',
  tuningIn: 'Tuning in...',
  secondsBehind: (seconds: number) => `About ${seconds} ${seconds === 1 ? 'second' : 'seconds'} behind`,
  inLineTitle: (position: number) =>
    position === 1 ? "You're next in line" : `You're ${ordinals[position - 1] ?? `number ${position}`} in line`,
  microphoneReady: 'Microphone ready, muted',
  microphoneLater: 'You can take it back',
  youCanSpeakTitle: 'You can speak now',
  stillMuted: 'You are still muted',
  tapToUnmute: 'Tap to unmute',
  microphoneOnTitle: 'Your microphone is on',
  microphoneIsOn: 'Mic is on',
  microphoneIsOff: 'Mic is off',
  canHearYou: (count: number) => (count ? `${people(count)} can hear you` : 'The stage can hear you'),
  mutedTitle: 'You are muted',
  nobodyHearsYou: 'Nobody hears you',
  hostMutedTitle: 'A host muted you',
  canLiftIt: (host: string) => `${host} can lift it`,
  reconnectingTitle: 'Reconnecting...',
  offlineTitle: 'You are offline',
  placeKept: 'Your place is kept',
  soundBlockedTitle: 'Ready when you are',
  soundBlockedLine: 'Your browser waits for a tap',
  hearIt: 'Hear it',
  elsewhereTitle: 'Playing on another device',
  elsewhereLine: 'One place at a time',
  endedTitle: 'This Space has ended',
  microphoneRefusedTitle: 'Microphone blocked',
  microphoneMissingTitle: 'No microphone found',
  microphoneBusyTitle: 'Microphone is busy',
  microphoneBusyLine: 'Another app is using it',
  canStillListen: 'You can still listen',
  howToFix: 'How to fix',

  // The room
  listening: (count: number) => `${count.toLocaleString('en')} listening`,
  meta: (host: string, lasted: string, audience: Space['audience']) => `${host} hosts \u00b7 ${lasted} \u00b7 ${reach[audience]}`,
  metaBehind: (meta: string, behind: string) => `${meta} \u00b7 ${behind[0]!.toLowerCase()}${behind.slice(1)}`,
  justStarted: 'just started',
  quality: { good: 'Good', weak: 'Weak', lost: 'Lost' },
  others: 'Others',
  nobodyListens: 'Nobody is listening yet',
  blockedTag: 'Blocked',
  hostTabs: 'Run the Space',
  requestsTab: (count: number) => (count ? `Requests \u00b7 ${count}` : 'Requests'),
  stageTab: (count: number) => `Stage \u00b7 ${count}`,
  audienceTab: 'Audience',
  moveToAudienceLine: 'Can ask to speak again',
  seeProfile: 'See profile',
  endShort: 'End',
  endCounts: (listening: number, asking: number) =>
    `${listening ? people(listening) : 'Nobody'} ${listening > 1 ? 'are' : 'is'} listening${asking ? `, and ${asking} ${asking === 1 ? 'has' : 'have'} asked to speak` : ''}.`,
  stay: 'Stay',

  // Cards that take the room's place
  endedTag: 'Ended',
  lasted: (time: string, count: number) => (count ? `It lasted ${time}, and ${people(count)} came.` : `It lasted ${time}.`),
  notRecorded: 'It was not recorded, so there is nothing to replay.',
  hostedThis: 'Hosted this Space',
  backTo: (app: string) => `Back to ${app}`,
  noMicrophone: 'No microphone',
  helpTitle: (app: string) => `Let ${app} use your microphone`,
  helpSteps: ['Open the settings beside the address.', 'Set Microphone to Allow.', 'Come back here. The Space keeps playing.'],
  justListen: 'Just listen',

  // The join dialog
  opening: 'Opening the Space',
  cannotOpen: 'This Space cannot be opened',
  isHosting: (name: string) => `${name} is hosting`,
  scheduledTag: 'Coming up',
  notStarted: 'This Space has not started yet.',
  blockedLine: (names: string[]) => `${names.join(' and ')} will hear you only if you go on stage.`,
  alsoListening: (names: string[], others: number) =>
    others
      ? `${names.join(', ')} and ${others.toLocaleString('en')} more are listening`
      : `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} listening`,
  joinMuted: 'You join muted.',
  comeBack: 'Go back in',
  youStartMuted: 'You come in muted.',

  // The create dialog
  newSpace: 'New Space',
  createTitleLong: 'Keep the title within 70 characters.',
  youAcceptEach: 'You accept each person',
  checkIt: 'Check it',
  microphoneCheck: {
    idle: ['Check your microphone', 'Nobody hears it yet'],
    asking: ['Check your microphone', 'Your browser asks you first'],
    hearing: ['Microphone works', 'Say something. You start muted.'],
    refused: ['Microphone blocked', 'Allow it beside the address, then try again.'],
    missing: ['No microphone found', 'Plug one in, then try again.'],
    busy: ['Microphone is busy', 'Close the other app, then try again.'],
  } satisfies Record<string, [title: string, line: string]>,
  goToIt: 'Go to it',
};

export type Words = typeof words;
