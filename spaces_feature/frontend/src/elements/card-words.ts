/** What the card of a Space says; the server says the same: templates/spaces/_card.html. */

const some = (count: number) => count.toLocaleString('en');

export const cardWords = {
  live: 'Live',
  rec: 'REC',
  isRecorded: 'This Space is being recorded',
  listening: (count: number) => `${some(count)} listening`,
  isHosting: (name: string) => `${name} is hosting`,
  willHost: (name: string) => `${name} hosts`,
  listen: 'Listen',
  listenTo: (title: string) => `Listen: ${title}`,
  comingUp: 'Coming up',
  waiting: (count: number) => `${some(count)} waiting`,
  setReminder: 'Set reminder',
  reminderIsSet: 'Reminder set',
  weTellYou: 'We tell you when it starts.',
  reminderIsOff: 'The reminder is off.',
  ended: 'Ended',
  replay: 'Replay',
  hosted: (name: string) => `${name} hosted`,
  playReplay: 'Play the replay',
  playReplayOf: (title: string) => `Play the replay: ${title}`,
  hasEnded: 'This Space has ended.',
  calledOff: 'Called off',
  wasCalledOff: 'This Space was called off and will not start.',
  notStarted: 'Not started',
  didNotStart: 'This Space did not start.',
  isGone: 'This Space is not here any more.',
};
