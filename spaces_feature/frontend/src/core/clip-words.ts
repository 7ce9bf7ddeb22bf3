/** The sentences about clips. An object of their own: they come with the sheet and the cards, and with nothing else. */

const seconds = (count: number) => (count === 1 ? '1 second' : `${Math.round(count * 10) / 10} seconds`);

/** Sound is held by whole segments: a second more or less is a minute all the same. */
const isMinute = (length: number) => Math.abs(length - 60) < 2;
const upTo = (length: number) => (length > 30 ? ' Keep up to 30 seconds of it.' : '');

const NUMBERS = ['', '', '', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

const list = (names: string[]): string => {
  const last = names[names.length - 1] ?? '';
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
};

export const clipWords = {
  clip: 'Clip',
  clipLine: 'Keep up to 30 seconds of what was just said',
  newClip: 'New clip',
  close: 'Close',
  tryAgain: 'Try again',

  /** What may be chosen from, `length` seconds of it. */
  lastOf: (length: number) => `The last ${isMinute(length) ? 'minute' : seconds(Math.round(length))}.${upTo(length)}`,
  minuteOf: (length: number) => `${isMinute(length) ? 'A minute' : seconds(Math.round(length))} of the replay.${upTo(length)}`,
  fetching: 'One moment, the sound is fetched.',
  now: 'now',
  short: (count: number) => `${Math.round(count * 10) / 10} s`,
  spoken: (name: string, count: number) => `${name} ${count} s`,
  you: 'You',

  // The waveform
  wave: 'Choose the part to keep',
  start: 'Start of the clip',
  end: 'End of the clip',
  /** How a handle's place is read aloud. */
  before: (ago: number, kept: number) => `${ago ? `${seconds(ago)} ago` : 'now'}, ${seconds(kept)} kept`,
  at: (clock: string, kept: number) => `at ${clock}, ${seconds(kept)} kept`,
  play: 'Play the clip',
  pause: 'Pause',
  noPreview: 'It cannot be played here now. You can still keep it.',

  // What goes with it
  title: 'Title',
  words: 'Say something with it',
  save: 'Save link',
  share: 'Share clip',
  ask: (names: string[]) => (names.length === 1 ? `Ask ${names[0]}` : 'Ask them'),
  making: 'Making it',
  isMade: 'Your clip is ready.',
  sharing: 'Sharing it',
  isShared: 'Your clip is shared.',
  takesLonger: 'It takes longer than usual. It will be at its link.',
  didNotShare: 'Your clip is made, but it was not shared.',
  didNotShareLine: 'Try again, or take its link.',
  isOver: 'Take what is heard now',
  nothing: 'Nobody talks in this part. Choose another.',

  /** What those who are heard have agreed to. */
  agreed: (names: string[], isOwn: boolean) => {
    if (isOwn && names.length === 1) return 'Only your own voice is in it. You can take it back later.';
    if (names.length === 1) return `${names[0]} agreed to clips in this Space, and can take this one back later.`;
    if (names.length === 2) return 'Both agreed to clips in this Space. Either can take this one back later.';
    return `All ${NUMBERS[names.length] ?? names.length} agreed to clips in this Space. Any of them can take this one back later.`;
  },
  asked: (names: string[]) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} asked first. Until then only you can hear it.`,

  // It is there
  made: 'Your clip',
  madeLine: (isCopied: boolean) => (isCopied ? 'Its link is copied.' : 'Anyone who may hear the Space can hear it.'),
  waits: (names: string[]) => `${list(names)} ${names.length === 1 ? 'is' : 'are'} asked. Once they agree, the clip is at this link.`,
  copy: 'Copy link',
  copied: 'Link copied',
  open: 'Open it',
  link: 'Link',

  // The card
  playTitle: (title: string) => `Play: ${title}`,
  pauseTitle: (title: string) => `Pause: ${title}`,
  place: (at: number, length: number) => `${Math.round(at)} of ${seconds(Math.round(length))}`,
  cannotPlay: 'It cannot be played right now. Try again in a moment.',
  keep: 'Keep it',
  delete: 'Delete',
  deleteQuestion: 'Delete this clip for everybody?',
  deleteLine: 'It stops playing at once, everywhere it was shared.',
  withdraw: 'Take it back',
  withdrawQuestion: 'Take your voice back?',
  withdrawLine: 'The whole clip goes away, everywhere it was shared.',
  isTakenBack: 'The clip was taken back.',
  isPermitted: 'The clip may be shared now.',
  isRefused: 'The clip stays away.',
};

export type ClipWords = typeof clipWords;
