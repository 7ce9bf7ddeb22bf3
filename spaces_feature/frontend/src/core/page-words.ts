/** The sentences of the bundle that every page loads: the strip's, and those for what no server told us of. */

export const pageWords = {
  youAreLive: "You're live",
  strip: 'Live now',
  /** Read aloud after an entry's title, in the place of its why-line: "+2" is a sum to some voices. */
  entryIsLive: (why: string) => `, live. ${why.replace(', +', ', plus ')}`,
  ownFleet: 'Your fleet',
  newFleet: (name: string) => `${name}, new fleet`,
  seenFleet: (name: string) => `${name}, fleet, seen`,
  /** Read aloud after the host's own name of an avatar. */
  rings: { live: ', live', unseen: ', new fleet', seen: ', fleet, seen' },
  createShort: 'Create',
  /** Read aloud after it. */
  createRest: ' a Space',
  unreachable: 'The network did not answer.',
  unreachableHelp: 'Check your connection, then try again.',
  tooSlow: 'That took too long.',
  unclear: 'Something went wrong on our side.',
  tryAgainSoon: 'Try again in a moment.',
};

export type PageWords = typeof pageWords;
