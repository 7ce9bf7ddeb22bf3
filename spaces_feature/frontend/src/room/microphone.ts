/**
 * The member's microphone as a device: acquired inside a tap, held muted, let go when no place on stage is in sight.
 * It outlives Rooms; what is sent, and when, is decided in session.ts.
 */

export type MicrophoneTrouble = 'refused' | 'missing' | 'busy';

export interface Microphone {
  readonly track: MediaStreamTrack | null;
  /** Why the last attempt failed; null after one that did not. */
  readonly trouble: MicrophoneTrouble | null;
  /** Resolves to whether it is held. Call it inside a tap: the browser may ask the member. */
  acquire(): Promise<boolean>;
  /** Takes another device, at once when one is held. Resolves to whether that worked. */
  choose(device_id: string): Promise<boolean>;
  release(): void;
}

const TROUBLES: Record<string, MicrophoneTrouble> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** `lost` is called when the device goes away by itself, unplugged or taken back in the browser's own controls. */
export function createMicrophone(lost: () => void): Microphone {
  let track: MediaStreamTrack | null = null;
  let trouble: MicrophoneTrouble | null = null;
  let device_id = '';
  let opening: Promise<boolean> | null = null;

  function hold(next: MediaStreamTrack): void {
    track?.stop();
    track = next;
    // Silent until a place on stage lets it be opened.
    next.enabled = false;
    next.addEventListener('ended', () => {
      if (track !== next) return;
      track = null;
      trouble = 'missing';
      lost();
    });
  }

  async function open(): Promise<boolean> {
    try {
      const audio = {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        ...(device_id ? { deviceId: { exact: device_id } } : {}),
      };
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      const next = stream.getAudioTracks()[0];
      if (!next) throw new DOMException('', 'NotFoundError');
      hold(next);
      trouble = null;
      return true;
    } catch (error) {
      trouble = TROUBLES[(error as Error).name] ?? 'missing';
      return false;
    }
  }

  const openOnce = () => (opening ??= open().finally(() => (opening = null)));

  return {
    get track() {
      return track;
    },
    get trouble() {
      return trouble;
    },
    acquire: () => (track ? Promise.resolve(true) : openOnce()),
    choose(next) {
      device_id = next;
      return track ? openOnce() : Promise.resolve(true);
    },
    release() {
      const old = track;
      track = null;
      old?.stop();
    },
  };
}
