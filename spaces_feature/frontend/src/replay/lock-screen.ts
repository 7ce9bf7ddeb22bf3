/** What the lock screen and a headset show and do of a replay. */

import { giveKeysBack, holdsKeys, takeKeys, tellKeys, type Keys } from '../elements/replay/lock-keys';
import type { PlayerState } from './player';
import type { Recording } from './recording';
import { BACK, FORWARD } from './keys';
import { nextSpeaker } from './voices';

interface Controls {
  play(space_id: string): Promise<unknown>;
  pause(): void;
  seek(at_s: number): void;
  get(): PlayerState;
}

let shown: string | null = null;
/** As it is now: a trim changes who talks when. */
let latest: Recording | null = null;

/** Shows the replay from when it is played until something else is; closed it leaves nothing there. */
export function showReplay({ space_id, is_playing, at_s, rate }: PlayerState, recording: Recording | null, player: Controls): void {
  latest = recording;
  if (!space_id || !recording) return giveKeysBack(player);
  if (is_playing && (!holdsKeys(player) || shown !== space_id)) {
    shown = space_id;
    const { title, host } = recording;
    takeKeys(player, { title, artist: host?.name ?? '', picture: host?.avatar_url ?? '', keys: keysOf(space_id, player) });
  }
  tellKeys(player, is_playing, recording.duration_s, at_s, rate);
}

function keysOf(space_id: string, player: Controls): Keys {
  const by = (seconds: number) => player.seek(player.get().at_s + seconds);
  return {
    play: () => void player.play(space_id),
    pause: () => player.pause(),
    seekbackward: ({ seekOffset }) => by(-(seekOffset ?? BACK)),
    seekforward: ({ seekOffset }) => by(seekOffset ?? FORWARD),
    seekto: ({ seekTime }) => seekTime != null && player.seek(seekTime),
    nexttrack: () => {
      const to = nextSpeaker(latest?.turns ?? [], player.get().at_s);
      if (to !== null) player.seek(to);
    },
  };
}
