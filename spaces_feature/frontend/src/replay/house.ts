/** What the elements of a replay share: the player, the library, and who is on the page. Made once, by replay.ts. */

import type { Writable } from '../core/store';
import type { Library } from './library';
import type { Places } from './places';
import type { Player } from './player';
import type { RecordingCalls } from './recording';

export interface House {
  player: Player;
  library: Library;
  calls: RecordingCalls;
  places: Places;
  /** Whose replay has its page open in this document: the dock leaves that to it. */
  onPage: Writable<string | null>;
}

let built: House | undefined;

export function build(house: House): void {
  built ??= house;
}

export function house(): House {
  if (!built) throw new Error('replay.ts comes first');
  return built;
}
