/** The segments' bundle: loaded when somebody is to hear a Space a few seconds later. */

import type Hls from 'hls.js';
import { byLibrary } from './room/hls-library';
import { createLevels } from './room/hls-levels';
import { natively } from './room/hls-native';
import { awaitPlaylist } from './room/hls-playlist';
import type { Source, Told } from './room/hls-source';

export interface Tuned extends Source {
  /** Linear amplitude 0..1 by SFU identity, of what is heard at this moment. */
  amplitudes(): Map<string, number>;
}

/**
 * Puts the live segments behind `audio`, once there are any. `address` says where the playlist is, at any time: what is
 * fetched later is fetched beside it. Rejects when the playlist is refused or `signal` aborts.
 */
export async function tune(audio: HTMLAudioElement, address: () => string, told: Told, signal: AbortSignal): Promise<Tuned> {
  const [Player, playlist] = await Promise.all([library(), awaitPlaylist(address, signal)]);
  const source = Player ? byLibrary(Player, audio, address, told) : natively(audio, address, playlist, told);
  return { ...source, amplitudes: createLevels(source.place, address) };
}

/** Nothing where the browser takes no segments from a script, and plays the playlist itself. */
async function library(): Promise<typeof Hls | null> {
  if (!('MediaSource' in globalThis || 'ManagedMediaSource' in globalThis)) return null;
  const { default: Player } = await import('hls.js/light');
  return Player.isSupported() ? Player : null;
}
