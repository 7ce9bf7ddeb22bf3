/** The Transport over livekit-client. Nothing else in the front end knows that library. */

import {
  AudioPresets,
  ConnectionQuality,
  DisconnectReason,
  LocalAudioTrack,
  LogLevel,
  RemoteAudioTrack,
  Room,
  RoomEvent,
  Track,
  setLogLevel,
  type Participant,
  type RemoteTrack,
} from 'livekit-client';
import type { LostReason } from '../core/connection-state';
import { awaitSound } from './first-sound';
import { overhear } from './overheard';
import type { OpenTransport, TransportListeners } from './transport';

const REASONS: Partial<Record<DisconnectReason, LostReason>> = {
  [DisconnectReason.PARTICIPANT_REMOVED]: 'removed',
  [DisconnectReason.ROOM_DELETED]: 'room_deleted',
  [DisconnectReason.DUPLICATE_IDENTITY]: 'duplicate',
  [DisconnectReason.SERVER_SHUTDOWN]: 'server_shutdown',
};

const QUALITIES: Partial<Record<ConnectionQuality, 'good' | 'weak' | 'lost'>> = {
  [ConnectionQuality.Excellent]: 'good',
  [ConnectionQuality.Good]: 'good',
  [ConnectionQuality.Poor]: 'weak',
  [ConnectionQuality.Lost]: 'lost',
};

// It is the host's console: what we deal with ourselves is not told there.
setLogLevel(LogLevel.silent);

/** Our loop tries again; the library tries once, and within limits of ours. */
const CONNECT = { maxRetries: 0, websocketTimeout: 3000, peerConnectionTimeout: 5000 };
/** Milliseconds after which a pause is no longer one that a departing track brings with it. */
const SETTLED = 300;

export const openLiveKit: OpenTransport = (listeners) => {
  const room = new Room({
    publishDefaults: { audioPreset: AudioPresets.speech, dtx: true, red: true },
    // The microphone outlives the Room, and a page that only asks whether to leave must not be sent away.
    stopLocalTrackOnUnpublish: false,
    disconnectOnPageLeave: false,
  });
  const heard = new Map<string, { track: RemoteAudioTrack; participant: Participant; element: HTMLMediaElement }>();
  let published: LocalAudioTrack | null = null;
  let volume = 1;
  let isDropped = false;
  /** Whom the SFU has named as talking at least once: of them it tells every change. */
  const told = new Set<string>();
  const overheard = overhear(untold, tellWhoTalks);
  const stopAwaiting = awaitSound(isSoundOut, () => listeners.played());

  async function untold(): Promise<Map<string, number>> {
    const amplitudes = new Map<string, number>();
    for (const { track, participant } of heard.values()) {
      if (track.isMuted || told.has(participant.identity)) continue;
      amplitudes.set(participant.identity, await level(track.receiver, 'inbound-rtp'));
    }
    return amplitudes;
  }

  async function isSoundOut(): Promise<boolean> {
    for (const { track, element } of heard.values())
      if (!track.isMuted && !element.paused && room.canPlaybackAudio && (await isFlowing(track.receiver))) return true;
    return false;
  }

  function tellWhoTalks(): void {
    const named = room.activeSpeakers.map(({ identity }) => identity);
    for (const identity of named) told.add(identity);
    listeners.talking([...named, ...overheard.identities.filter((identity) => !named.includes(identity))]);
  }

  room.on(RoomEvent.ActiveSpeakersChanged, tellWhoTalks);
  room.on(RoomEvent.Disconnected, overheard.stop);
  room.on(RoomEvent.Disconnected, stopAwaiting);
  room.on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
    if (!(track instanceof RemoteAudioTrack)) return;
    // The element stays out of the document: whatever is moved about there would pause it.
    const element = track.attach();
    track.setVolume(volume);
    const { id } = track.mediaStreamTrack;
    heard.set(id, { track, participant, element });
    // A call, or another app that takes the sound: the system pauses the element and tells nobody else.
    let isTaken = false;
    element.addEventListener('pause', () => {
      setTimeout(() => {
        isTaken = element.paused && heard.has(id) && !isDropped;
        if (isTaken) listeners.sound(true);
      }, SETTLED);
    });
    // Only what was taken is given back: somebody new on stage must not undo the member's own pause.
    element.addEventListener('playing', () => {
      if (isTaken) listeners.sound(!room.canPlaybackAudio);
      isTaken = false;
    });
  });
  room.on(RoomEvent.TrackUnsubscribed, (track: RemoteTrack) => {
    track.detach();
    heard.delete(track.mediaStreamTrack.id);
  });
  room.on(RoomEvent.LocalTrackUnpublished, ({ track }) => {
    if (track === published) published = null;
  });
  report(room, listeners, () => isDropped);

  return {
    get canPublish() {
      return room.localParticipant.permissions?.canPublish ?? false;
    },
    connect: (url, token) => room.connect(url, token, CONNECT),
    async drop() {
      isDropped = true;
      overheard.stop();
      stopAwaiting();
      for (const { track } of heard.values()) track.detach();
      heard.clear();
      await room.disconnect(false);
    },
    startAudio: () => room.startAudio(),
    async packets() {
      let packets = 0;
      for (const { track } of heard.values()) {
        for (const report of ((await track.receiver?.getStats()) ?? new Map()).values()) {
          if (report.type === 'inbound-rtp') packets += report.packetsReceived ?? 0;
        }
      }
      return packets;
    },
    async amplitudes() {
      const amplitudes = new Map<string, number>();
      for (const { track, participant } of heard.values()) {
        const isTalking = participant.isSpeaking || overheard.identities.includes(participant.identity);
        if (isTalking) amplitudes.set(participant.identity, await level(track.receiver, 'inbound-rtp'));
      }
      const me = room.localParticipant;
      if (published && me.isSpeaking) amplitudes.set(me.identity, await level(published.sender, 'media-source'));
      return amplitudes;
    },
    setVolume(next) {
      volume = next;
      for (const { track } of heard.values()) track.setVolume(next);
    },
    setOutput: async (device_id) => void (await room.switchActiveDevice('audiooutput', device_id)),
    async publish(track) {
      if (!track) {
        const old = published;
        published = null;
        if (old) await room.localParticipant.unpublishTrack(old, false);
      } else if (published) {
        await published.replaceTrack(track, true);
      } else {
        const local = new LocalAudioTrack(track, undefined, true);
        published = local;
        try {
          await local.mute();
          await room.localParticipant.publishTrack(local, { source: Track.Source.Microphone });
        } catch (error) {
          if (published === local) published = null;
          throw error;
        }
      }
    },
    async setOpen(open) {
      await (open ? published?.unmute() : published?.mute());
    },
  };
};

/** What was last played or captured: the header of the packets does not carry it, the statistics do. */
async function level(end: RTCRtpReceiver | RTCRtpSender | undefined, type: string): Promise<number> {
  for (const report of ((await end?.getStats()) ?? new Map()).values()) {
    if (report.type === type) return report.audioLevel ?? 0;
  }
  return 0;
}

/** Whether sound has left the buffer that waits for late packets: then it is on its way to the loudspeaker. */
async function isFlowing(end: RTCRtpReceiver | undefined): Promise<boolean> {
  for (const report of ((await end?.getStats()) ?? new Map()).values()) {
    if (report.type === 'inbound-rtp') return (report.jitterBufferEmittedCount ?? report.packetsReceived ?? 0) > 0;
  }
  return false;
}

/** Tells the session what the Room says, in its own words. */
function report(room: Room, listeners: TransportListeners, isDropped: () => boolean): void {
  const isMe = (participant: Participant) => participant === room.localParticipant;
  room
    .on(RoomEvent.Connected, () => listeners.rights())
    .on(RoomEvent.SignalReconnecting, () => listeners.signalLost())
    .on(RoomEvent.Reconnected, () => listeners.signalBack())
    .on(RoomEvent.Reconnecting, () => listeners.reconnecting())
    .on(RoomEvent.Disconnected, (reason) => {
      if (!isDropped()) listeners.lost((reason !== undefined && REASONS[reason]) || 'unknown');
    })
    .on(RoomEvent.AudioPlaybackStatusChanged, () => listeners.sound(!room.canPlaybackAudio))
    .on(RoomEvent.ConnectionQualityChanged, (quality, participant) => {
      const word = QUALITIES[quality];
      if (word && isMe(participant)) listeners.quality(word);
    })
    .on(RoomEvent.ParticipantPermissionsChanged, (_before, participant) => {
      if (isMe(participant)) listeners.rights();
    });
}
