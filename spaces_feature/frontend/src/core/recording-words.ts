/** The sentences about what is kept of a Space, and who agreed to it: `words.recording`. */

const voices = (count: number) => (count === 1 ? '1 voice' : `${count} voices`);

export const recordingWords = {
  // The badge, and what it is read as
  rec: 'REC',
  clips: 'Clips',
  isOn: 'This Space is being recorded.',
  isOnShort: 'This Space is being recorded',
  isStarting: 'The recording starts in a moment.',
  isPaused: 'Recording paused, trying again.',
  goesOn: 'The recording goes on.',
  hasStopped: 'The recording has stopped.',
  allowsClips: 'This Space allows clips',

  // Before somebody comes in
  joinRecorded: 'This Space is being recorded. Your voice is only kept if you go on stage and agree.',
  joinPaused: 'This Space is recorded, with a pause right now. Your voice is only kept if you go on stage and agree.',
  joinClips: 'People may share clips of this Space. Your voice is only in one if you go on stage and agree.',
  guestRecorded: 'This Space is being recorded. Nobody in the audience is.',
  guestClips: 'People may share clips of this Space. Nobody in the audience is in one.',
  willBeRecorded: 'It will be recorded: who speaks is asked first, who listens is never in it.',
  willHaveClips: 'People may share clips of it, with the voices that agree.',

  // The question
  asks: {
    recording: (host: string) => `${host} is recording this Space`,
    clips: (host: string) => `${host} allows clips of this Space`,
  },
  asksHost: { recording: 'You are recording this Space', clips: 'You allow clips of this Space' },
  leaveMeOut: 'Leave me out',
  recordMe: 'Record me',
  allowIt: 'Allow it',

  // The member's own answer, and where it is changed
  own: 'Your voice',
  asked: { recording: 'You have not said yet whether your voice is kept', clips: 'You have not said yet whether clips have your voice' },
  agreed: { recording: 'Your voice is recorded', clips: 'Clips may have your voice' },
  declined: { recording: 'The recording leaves you out', clips: 'Clips leave you out' },
  change: 'Change',
  isAgreed: { recording: 'Your voice is recorded from now on.', clips: 'Clips may have your voice from now on.' },
  isDeclined: { recording: 'The recording leaves you out.', clips: 'Clips leave you out.' },
  /** To somebody who was kept until now. */
  ifNot: {
    recording: 'If you say no now, what you said until now is taken out as well.',
    clips: 'If you say no now, clips with your voice are taken back as well.',
  },

  // A seat
  leftOut: 'Left out',
  leftOutOf: { recording: 'left out of the recording', clips: 'left out of clips' },

  // Whoever runs it
  record: 'Record this Space',
  recordLine: 'Each speaker is asked',
  recordTitle: 'Record this Space?',
  recordIntro: 'Everybody sees REC and hears that it begins. Each speaker is asked first; who says no still speaks live.',
  recordIntroOwn: 'Your own voice is in it. You can replay the Space when it is over, and delete the recording at any time.',
  start: 'Start recording',
  notNow: 'Not now',
  stop: 'Stop recording',
  stopLine: 'What was recorded until now stays. You can start again.',
  onTitle: 'Recording',
  onLine: 'Everybody here sees REC.',
  kept: (count: number, all: number) => `${count === all ? '' : `${count} of `}${voices(all)} ${count === 1 ? 'is' : 'are'} recorded`,
  /** Of each voice, to whoever runs the recording. */
  voice: { kept: 'In the recording', asked: 'Has not answered yet', agreed: 'Agreed, in it in a moment', declined: 'Chose to be left out' },
  hasBegun: 'Speakers are asked now. The recording starts in a moment.',

  // The sheet for a new Space
  allowClips: 'Clips of 30 seconds',
  allowClipsLine: 'Speakers can withdraw theirs',
  nowNote: (isRecorded: boolean) => `People who follow you see it at once. ${isRecorded ? 'The recording starts with it.' : 'It is not recorded.'}`,

  // Over
  wasRecorded: 'It was recorded.',
  endedRecorded: 'This Space has ended. It was recorded.',
  soonReady: 'The replay is ready in a moment.',
  isReady: 'The replay is ready.',
  play: 'Play the replay',
  wasDeleted: 'The recording was deleted.',
  noReplay: 'There is no replay of it.',
  endKeeps: 'What was recorded is ready to replay a moment later.',
};

export type RecordingWords = typeof recordingWords;
