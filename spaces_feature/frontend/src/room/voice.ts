/**
 * From the device to the stage: which microphone track is sent, when, and whether it is open. The wish to be heard
 * survives a rejoin; nothing is sent before the SFU has said that it may be.
 */

import type { MicrophoneView } from '../core/types';
import { createMicrophone, type MicrophoneTrouble } from './microphone';
import type { Transport } from './transport';

/** The member's place, as far as their voice depends on it. */
export interface Place {
  /** False until the first snapshot: then a microphone is kept as it is. */
  isKnown: boolean;
  /** Null without a connected Room. */
  transport: Transport | null;
  canPublish: boolean;
  isOnStage: boolean;
  isMutedByHost: boolean;
  /** Asked to speak and waits. */
  isWaiting: boolean;
}

export interface Voice {
  readonly view: MicrophoneView;
  /** Why no microphone is held, after an attempt that failed. */
  readonly trouble: MicrophoneTrouble | null;
  /** Whether the member means to be heard, for the next page. */
  readonly wantsOpen: boolean;
  /** Resolves to whether a microphone is held; call it inside a tap. */
  acquire(): Promise<boolean>;
  setOpen(open: boolean): void;
  choose(device_id: string): Promise<boolean>;
  /** The place has changed. */
  place(next: Place): void;
}

/** Milliseconds. */
const RETRY = 1000;

const NOWHERE: Place = {
  isKnown: false,
  transport: null,
  canPublish: false,
  isOnStage: false,
  isMutedByHost: false,
  isWaiting: false,
};

/** `published` hears whether the SFU took the microphone. */
export function createVoice(changed: () => void, published: (isTaken: boolean) => void): Voice {
  let place = NOWHERE;
  let wantsOpen = false;
  /** Asking for the device before the place that needs it is known. */
  let isAcquiring = false;
  let sentBy: Transport | null = null;
  let sent: MediaStreamTrack | null = null;
  let isOpen = false;
  let isSettling = false;
  let isStale = false;

  const microphone = createMicrophone(() => {
    wantsOpen = false;
    settle();
  });

  /** Brings what is sent in line with the place, one step at a time, and again when the place changed meanwhile. */
  async function settle(): Promise<void> {
    isStale = true;
    if (isSettling) return;
    isSettling = true;
    while (isStale) {
      isStale = false;
      try {
        await align();
      } catch {
        // The Room went away under us, or the right did. If neither turns out true, it works a second later.
        sentBy = null;
        sent = null;
        isOpen = false;
        setTimeout(() => void settle(), RETRY);
      }
    }
    isSettling = false;
    changed();
  }

  async function align(): Promise<void> {
    const { isKnown, transport, canPublish, isOnStage, isMutedByHost, isWaiting } = place;
    if (!isKnown) return;
    // Who comes on stage, or is unmuted by the host, opens the microphone by hand.
    if (!isOnStage || isMutedByHost) wantsOpen = false;
    if (!isOnStage && !isWaiting && !isAcquiring) microphone.release();
    const track = isOnStage && canPublish && !isMutedByHost ? microphone.track : null;
    if (transport !== sentBy) {
      sentBy = transport;
      sent = null;
      isOpen = false;
    }
    if (transport && track !== sent) {
      await transport.publish(track).catch((error: unknown) => {
        if (track) published(false);
        throw error;
      });
      sent = track;
      if (track) published(true);
      if (!track) isOpen = false;
    }
    const open = wantsOpen && sent !== null;
    if (transport && sent && open !== isOpen) {
      await transport.setOpen(open);
      isOpen = open;
    }
  }

  function view(): MicrophoneView {
    if (place.isOnStage && place.isMutedByHost) return { kind: 'muted_by_host' };
    if (microphone.trouble) return { kind: microphone.trouble };
    if (!microphone.track) return { kind: 'none' };
    if (!place.isOnStage) return { kind: 'ready' };
    return { kind: isOpen ? 'open' : 'muted' };
  }

  return {
    get view() {
      return view();
    },
    get trouble() {
      return microphone.trouble;
    },
    get wantsOpen() {
      return wantsOpen;
    },
    async acquire() {
      isAcquiring = true;
      try {
        return await microphone.acquire();
      } finally {
        isAcquiring = false;
        void settle();
      }
    },
    setOpen(open) {
      wantsOpen = open;
      void settle();
    },
    async choose(device_id) {
      const worked = await microphone.choose(device_id);
      void settle();
      return worked;
    },
    place(next) {
      const isSame = (Object.keys(next) as (keyof Place)[]).every((key) => next[key] === place[key]);
      place = next;
      if (!isSame) void settle();
    },
  };
}
