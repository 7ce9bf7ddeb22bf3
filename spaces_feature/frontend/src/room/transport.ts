/**
 * What the session needs of one Room, whichever library carries it: a Room at the SFU, or the segments that are made of
 * it. A Room lives once: connect, drop.
 */

import type { LostReason } from '../core/connection-state';

export interface TransportListeners {
  signalLost(): void;
  signalBack(): void;
  /** The library gives this connection up and would build its own anew. */
  reconnecting(): void;
  /** The address is refused, or leads nowhere any more; what was fetched plays on. */
  turnedAway(): void;
  /** Not after `drop`. */
  lost(reason: LostReason): void;
  sound(isBlocked: boolean): void;
  /** Sound of somebody else comes out for the first time. */
  played(): void;
  /** Identities, loudest first. */
  talking(identities: string[]): void;
  quality(quality: 'good' | 'weak' | 'lost'): void;
  /** Seconds from the stage to the ear, where there are seconds. */
  late(seconds: number): void;
  /** `canPublish` may have changed. */
  rights(): void;
}

export interface Transport {
  /** What the SFU lets this Room's own participant do now. */
  readonly canPublish: boolean;
  /** Resolves when sound may flow; rejects when it will not. Segments need no token. */
  connect(url: string, token: string): Promise<void>;
  /** Goes on with the same sound at a fresh address, where addresses live for minutes. */
  renew?(url: string): void;
  /** With `isOver` the Space is over: what was fetched of it is heard to its end first, where that comes seconds late. */
  drop(isOver?: boolean): Promise<void>;
  /** Rejects when the browser wants a tap first. */
  startAudio(): Promise<void>;
  /** Packets of sound received so far. */
  packets(): Promise<number>;
  /** Linear amplitude 0..1 by identity, of everyone who talks now. */
  amplitudes(): Promise<Map<string, number>>;
  /** 0..1 */
  setVolume(volume: number): void;
  setOutput(device_id: string): Promise<void>;
  /** Publishes the microphone muted, or puts `track` in the place of the published one; null takes it back. */
  publish(track: MediaStreamTrack | null): Promise<void>;
  /** Opens or mutes what is published. */
  setOpen(open: boolean): Promise<void>;
}

export type OpenTransport = (listeners: TransportListeners) => Transport;
