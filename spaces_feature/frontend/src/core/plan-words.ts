/** The sentences about what is to come: planning a Space, waiting for one, bells, reminders, pinned posts: `words.plan`. */

const people = (count: number) => (count === 1 ? '1 person' : `${count.toLocaleString('en')} people`);

const DAY = 24 * 60;

const some = (count: number, one: string, many: string) => (count === 1 ? one : `${count} ${many}`);

export const planWords = {
  // The sheet
  goLiveNow: 'Go live now',
  schedule: 'Schedule',
  when: 'When it starts',
  topics: 'Topics, up to three',
  addTopic: 'Add',
  addTopicRest: ' a topic',
  dropTopic: (name: string) => `Remove the topic ${name}`,
  cover: 'Cover',
  covers: { pine: 'Pine', blue: 'Blue', plum: 'Plum', amber: 'Amber', violet: 'Violet' },
  day: 'Day',
  starts: 'Starts',
  yourTime: (city: string) => `Your time, ${city}. Followers see it in theirs. You get a nudge half an hour before.`,
  onDay: (day: string) => `${day}. `,
  whoCanCome: 'Who can come',
  changeAnyTime: 'Change it any time',
  onlyInvited: 'People I invite',
  whoMaySpeak: 'Who may speak',
  guests: 'Listen signed out',
  guestsLine: 'Anybody with the link hears it',
  upcomingUsed: (used: number, limit: number) => `${used} of ${limit} upcoming used`,
  save: 'Save',
  editTitle: 'Edit the Space',
  pinnedPost: 'Pinned post',
  thePost: 'The post you started from',
  dropPost: 'Remove the post',
  isChanged: 'The Space is changed.',
  subscribersAreTold: (count: number) => `${people(count)} ${count === 1 ? 'is' : 'are'} told of a new time.`,

  // Why a time does not do
  noDay: 'Choose a day.',
  noTime: 'Choose a time.',
  past: 'That time has passed. Choose a later one.',
  tooFar: (days: number, last: string) => `Plan at most ${days} days ahead, until ${last}.`,
  skipped: (time: string, instead: string) => `Clocks move forward that night: ${time} does not exist. Choose ${instead}.`,
  firstOfTwo: (time: string) => `Clocks go back that night: ${time} comes twice. It is the first.`,

  // It is planned
  planned: 'It is planned',
  plannedLine: (count: number) => (count ? `${people(count)} wait for it.` : 'Share it, so that people can set a reminder.'),
  link: 'Link',
  addToCalendar: 'Add to calendar',
  edit: 'Edit',
  done: 'Done',

  // Waiting for it
  today: 'Today',
  tomorrow: 'Tomorrow',
  comingUp: 'Coming up',
  hosts: (name: string) => `${name} hosts`,
  youHost: 'You host',
  waiting: (count: number) => `${count.toLocaleString('en')} waiting`,
  /** How far away it is, in minutes; beyond two days in days. */
  startsIn: (minutes: number) =>
    minutes <= 0
      ? 'any moment now'
      : minutes < 60
        ? `in ${some(minutes, '1 minute', 'minutes')}`
        : minutes < 2 * DAY
          ? `in ${some(Math.round(minutes / 60), '1 hour', 'hours')}`
          : `in ${some(Math.round(minutes / DAY), '1 day', 'days')}`,
  isLate: (name: string) => `${name} has not started yet.`,
  youAreLate: 'People are waiting. Start when you are ready.',
  startNow: 'Start now',
  startEarly: 'Start now instead',
  callOff: 'Call it off',
  callOffQuestion: 'Call this Space off?',
  callOffLine: (count: number) => (count ? `${people(count)} ${count === 1 ? 'is' : 'are'} told. It cannot be taken back.` : 'It cannot be taken back.'),
  keepIt: 'Keep it',
  isCalledOff: 'The Space is called off.',
  hasStarted: (title: string) => `${title} is live now.`,
  hasMoved: (when: string) => `It starts ${when} now.`,
  canceledTag: 'Called off',
  canceledLine: (name: string) => `${name} called this Space off. It will not start.`,
  expiredTag: 'Not started',
  expiredLine: (name: string) => `${name} did not start this Space, so it is over.`,
  youCalledOff: 'You called this Space off. Whoever waited was told.',
  youDidNotStart: 'You did not start this Space in time, so it is over.',
  isOver: 'This Space has ended. It was not recorded, so there is nothing to replay.',

  // Reminders
  remind: 'Set reminder',
  reminded: 'Reminder set',
  remindEarly: 'Also 10 minutes before',
  isReminded: 'We tell you when it starts.',
  isUnreminded: 'The reminder is off.',

  // Bells
  bell: (name: string) => (name ? `Notifications about ${name}` : 'Notifications'),
  bellLevels: {
    all: ['All', 'When they plan a Space and when they are live'],
    scheduled: ['Scheduled only', 'When they plan a Space'],
    off: ['Off', 'Nothing from them'],
  } satisfies Record<string, [title: string, line: string]>,
  bellIs: { all: 'You hear of all their Spaces.', scheduled: 'You hear of what they plan.', off: 'You hear nothing from them.' },

  // Pinned posts
  pinCount: (count: number) => (count === 1 ? '1 pinned post' : `${count} pinned posts`),
  pin: 'Pin a post',
  pinLine: 'Up to three stay beside the Space',
  pinTitle: 'Pin a post',
  pinIntro: 'Everybody in the Space sees it. It stays when the Space has ended.',
  pinShort: 'Pin',
  unpin: 'Unpin',
  unpinOf: (name: string) => `Unpin the post of ${name}`,
  isPinned: 'The post is pinned.',
  isUnpinned: 'The post is no longer pinned.',
  pinsAreFull: 'Three posts are pinned. Unpin one first.',
  noPosts: 'You have written nothing that could be pinned.',
};

export type PlanWords = typeof planWords;
