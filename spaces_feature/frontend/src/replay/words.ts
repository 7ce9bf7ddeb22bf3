/** The sentences of a replay. An object of their own: they come with a replay and with nothing else. */

import { clock as clockOf, span } from '../elements/time';

const clock = (seconds: number) => clockOf(Math.floor(seconds));

const some = (count: number) => count.toLocaleString('en');
const people = (count: number, one: string, many: string) => `${some(count)} ${count === 1 ? one : many}`;

export const replayWords = {
  replay: 'Replay',
  lasted: span,
  came: (count: number) => people(count, 'came', 'came'),
  listened: (count: number) => people(count, 'listened since', 'listened since'),
  keptUntil: (date: string) => `kept until ${date}`,
  /** The rest of a sentence that begins with the host's name. */
  withWhom: (first: string | null, others: number) =>
    first === null ? '' : ` with ${first}${others ? ` and ${people(others, 'speaker', 'speakers')}` : ''}`,

  // The timeline
  timeline: 'Where in the replay',
  moreVoices: (count: number) => `${some(count)} more`,
  showMore: (names: string) => `a lane each for ${names}`,
  fewer: 'Fewer lanes',
  reactions: 'Reactions',
  missing: (at: number[]) =>
    at.length === 1 ? `Some seconds are missing at ${clock(at[0]!)}.` : `Some seconds are missing, at ${at.slice(0, 4).map(clock).join(', ')}${at.length > 4 ? ' and later' : ''}.`,
  missingHere: 'Some seconds are missing here',
  isShort: 'Some of it is missing: the recording stopped before the Space did.',
  takenOut: 'A voice was taken out afterwards. Where it was, it is quiet.',
  takenOutHere: 'A voice was taken out here',
  /** How a place is read aloud. */
  place: (at_s: number, duration_s: number, voices: string[], chapter: string) =>
    [`${spoken(at_s)} of ${spoken(duration_s)}`, voices.length ? `${list(voices)} ${voices.length === 1 ? 'is' : 'are'} talking` : 'nobody is talking', chapter && `chapter ${chapter}`]
      .filter(Boolean)
      .join(', '),
  chapters: 'Chapters',
  playsNow: 'plays now',

  // Controls
  play: 'Play',
  pause: 'Pause',
  back: '15 seconds back',
  forward: '30 seconds on',
  speed: 'Speed',
  rate: (rate: number) => `${rate}\u00d7`,
  skipSilence: 'Skip silence',
  nextSpeaker: 'Next speaker',
  noNextSpeaker: 'Nobody else talks after this.',
  hint: (does: string, key: string) => `${does} (${key})`,
  clip: 'Clip',
  clipOf: (names: string, at_s: number) => `Clip, ${names} at ${clock(at_s)}`,
  goOnAt: (at_s: number) => `Go on at ${clock(at_s)}`,
  fromStart: 'From the beginning',

  // Fragments
  worth: 'Worth a clip',
  worthLine: 'Where people reacted, or talk went back and forth.',
  nobody: 'Nobody in particular',
  hear: 'Hear',
  names: list,

  // The menu
  more: 'More',
  share: 'Share',
  close: 'Close',
  startHere: (at_s: number) => `Start the replay here, at ${clock(at_s)}`,
  startHereLine: 'What comes before is cut off for everyone',
  startHereOff: 'Move to where it should begin first',
  wholeAgain: 'Bring the beginning back',
  wholeAgainLine: (seconds: number) => `${span(Math.round(seconds))} are cut off`,
  isTrimmed: 'The replay starts here now.',
  isWhole: 'The beginning is back.',
  undo: 'Undo',
  editChapters: 'Edit chapters',
  addChapters: 'Add chapters',
  chaptersLine: 'So that people find what they came for',
  download: 'Download',
  downloadLine: 'One sound file, chapters included',
  downloading: 'Making the file. This can take a minute.',
  downloadAgain: 'It took longer than usual. Try again in a minute.',
  withdraw: 'Take my voice out',
  withdrawLine: 'Where you talked, it is quiet',
  remove: 'Delete the recording',
  removeLine: 'For everyone, with its clips',
  numbers: 'Numbers',

  // Sheets
  removeQuestion: 'Delete the recording?',
  removeConsequence: 'The replay, its chapters and every clip made from it are gone for everyone. This cannot be undone.',
  removeFirst: 'Download it first if you want to keep it.',
  removeNow: 'Delete',
  keep: 'Keep it',
  withdrawQuestion: 'Take your voice out?',
  withdrawConsequence: 'Where you talked, the recording is quiet, whoever else talked then. Clips with your voice are gone. This cannot be undone.',
  withdrawNow: 'Take it out',
  isWithdrawn: 'Your voice is taken out.',
  chapterAt: 'At',
  chapterTitle: 'Title',
  addChapterAt: (at_s: number) => `Add a chapter at ${clock(at_s)}`,
  dropChapter: (title: string) => `Remove ${title || 'this chapter'}`,
  chapterTrouble: {
    time: 'Write the time like 12:40.',
    late: 'The replay is shorter than that.',
    title: 'Give it a title.',
    same: 'Another chapter begins there.',
  },
  save: 'Save',
  cancel: 'Cancel',
  areSaved: 'The chapters are saved.',

  // When there is nothing to play
  loading: 'Fetching the replay',
  notReady: 'The replay is made ready. It takes a moment.',
  isGone: 'This recording was deleted. It is gone for everyone.',
  goneShort: 'This replay is gone',
  goneLine: 'It was deleted, or its time is over.',
  onStage: 'You are on stage in a live Space.',
  onStageLine: 'Leave it first, then play this.',
  noSound: 'This browser cannot play the replay.',
  noSoundLine: 'Try another browser.',
  lost: 'The sound does not come.',
  lostLine: 'Check your connection, then press play.',
  slow: 'Waiting for the sound.',
  slowLine: 'It goes on by itself as soon as it comes.',
  tapToListen: 'Tap to listen',
  tryAgain: 'Try again',
  allSpaces: 'All Spaces',

  // The dock
  dock: 'Your replay',
  openPage: 'Open the replay',
  /** After the place: "31:24 of 1:12:00". */
  of: (duration_s: number) => `of ${clock(duration_s)}`,
};

/** "31 minutes 24 seconds": a voice makes nothing of 31:24. */
export function spoken(at_s: number): string {
  const whole = Math.floor(at_s);
  const parts = [people(Math.floor(whole / 3600), 'hour', 'hours'), people(Math.floor(whole / 60) % 60, 'minute', 'minutes'), people(whole % 60, 'second', 'seconds')];
  return parts.filter((part) => !part.startsWith('0 ')).join(' ') || parts[2]!;
}

function list(names: string[]): string {
  const last = names[names.length - 1] ?? '';
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${last}` : last;
}
