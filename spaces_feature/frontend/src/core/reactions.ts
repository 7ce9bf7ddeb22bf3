/** Answers to what is said, without words: which there are, and how many of them a screen shows. Pure. */

/** In the order in which they are offered; the server takes no others. */
export const REACTIONS = { heart: '\u2764\ufe0f', clap: '\ud83d\udc4f', laugh: '\ud83d\ude02', fire: '\ud83d\udd25', hundred: '\ud83d\udcaf', hands: '\ud83d\ude4c' } as const;

export type Reaction = keyof typeof REACTIONS;

/** How many of each came in the last second or so, by emoji. */
export type ReactionCounts = Record<string, number>;

export const NAMES = Object.keys(REACTIONS) as Reaction[];

/** The reaction that an emoji is, with or without the mark that asks for colour; undefined for any other. */
export const reactionOf = (emoji: string): Reaction | undefined =>
  NAMES.find((name) => REACTIONS[name].replace('\ufe0f', '') === emoji.replace('\ufe0f', ''));

/**
 * What is to rise for an event, at most `most`, each kind in its turn. What the member sent stands in `own` until it comes
 * back, and is taken off: it rose when it was tapped.
 */
export function rising(counts: ReactionCounts, own: Map<Reaction, number>, most: number): Reaction[] {
  const left = new Map<Reaction, number>();
  for (const [emoji, count] of Object.entries(counts)) {
    const name = reactionOf(emoji);
    if (!name) continue;
    const mine = Math.min(own.get(name) ?? 0, count);
    own.set(name, (own.get(name) ?? 0) - mine);
    left.set(name, count - mine);
  }
  const found: Reaction[] = [];
  for (let turn = 0; found.length < most && [...left.values()].some((count) => count > turn); turn += 1)
    for (const [name, count] of left) if (count > turn && found.length < most) found.push(name);
  return found;
}

/** Lets through what comes at most `most` times in any `ms` milliseconds. */
export function createPace(most: number, ms: number, now: () => number = Date.now): () => boolean {
  let times: number[] = [];
  return () => {
    times = times.filter((time) => now() - time < ms);
    if (times.length >= most) return false;
    times.push(now());
    return true;
  };
}
