/** The sentences about reactions: `words.reacting`. */

import type { Reaction } from './reactions';

export const reactingWords = {
  react: 'React',
  /** On its button, then as one and as many of them. */
  reactions: {
    heart: ['Heart', 'heart', 'hearts'],
    clap: ['Clap', 'clap', 'claps'],
    laugh: ['Laugh', 'laugh', 'laughs'],
    fire: ['Fire', 'fire', 'fires'],
    hundred: ['Hundred', 'hundred', 'hundreds'],
    hands: ['Raised hands', 'pair of raised hands', 'pairs of raised hands'],
  } satisfies Record<Reaction, [button: string, one: string, many: string]>,
  lately: (counted: string[]) => `Just now: ${counted.join(', ')}.`,
};
