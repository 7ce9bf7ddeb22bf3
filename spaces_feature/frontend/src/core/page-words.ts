/** The sentences of the bundle that every page loads: the strip's, and those for what no server told us of. */

export const pageWords = {
  host: 'Host',
  youAreLive: "You're live",
  strip: 'Live now',
  /** Read aloud between an entry's title and its why-line. */
  entryIsLive: ', live. ',
  createShort: 'Create',
  /** Read aloud after it. */
  createRest: ' a Space',
  mutedYou: (name: string) => `${name} muted you, and can lift it.`,
  hostMutedYou: (host: string) => `A host muted you. ${host} can lift it.`,
  stageIsPaused: 'The stage is paused. Nobody can speak right now.',
  microphoneRefused: 'Microphone blocked. You can still listen.',
  microphoneRefusedHelp: 'Allow the microphone in the address bar, then ask again.',
  microphoneMissing: 'No microphone found. You can still listen.',
  microphoneMissingHelp: 'Plug one in, then ask again.',
  microphoneBusy: 'Another app is using your microphone. You can still listen.',
  microphoneBusyHelp: 'Close the other app, then ask again.',
  unreachable: 'The network did not answer.',
  unreachableHelp: 'Check your connection, then try again.',
  tooSlow: 'That took too long.',
  unclear: 'Something went wrong on our side.',
  tryAgainSoon: 'Try again in a moment.',
  mediaGone: 'The sound did not come back.',
  otherTier: 'This Space is too full to join with sound right now.',
};

export type PageWords = typeof pageWords;
