// The floor: livekit-client and nothing else. `?listener`, `?speaker` and `?host` differ in what the button does; with
// `&auto` the page connects by itself. Every page comes back by its own loop when its Room is lost.
import { AudioPresets, LocalAudioTrack, LogLevel, Room, RoomEvent, Track, setLogLevel } from 'livekit-client';

setLogLevel(LogLevel.silent);
const query = new URLSearchParams(location.search);
const role = ['listener', 'speaker', 'host'].find((name) => query.has(name));
const CONNECT = { maxRetries: 0, websocketTimeout: 3000, peerConnectionTimeout: 5000 };
const PUBLISH = { source: Track.Source.Microphone };

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function token() {
  const answer = await fetch(`/token?${role}`, { method: 'POST' });
  if (!answer.ok) throw new Error('no token');
  return answer.json();
}

let ready = null;
let microphone = null;

async function connect({ url, token: grant }) {
  const room = new Room({ publishDefaults: { audioPreset: AudioPresets.speech, dtx: true, red: true } });
  room.on(RoomEvent.TrackSubscribed, (track) => track.attach());
  let isLost = false;
  const lost = () => {
    if (isLost) return;
    isLost = true;
    room.disconnect(false);
    comeBack(0);
  };
  for (const event of [RoomEvent.SignalReconnecting, RoomEvent.Reconnecting, RoomEvent.Disconnected]) room.on(event, lost);
  await room.connect(url, grant, CONNECT);
  const speak = () => room.localParticipant.publishTrack(new LocalAudioTrack(microphone, undefined, true), PUBLISH);
  if (microphone && room.localParticipant.permissions?.canPublish) speak();
  room.on(RoomEvent.ParticipantPermissionsChanged, (_before, one) => {
    if (one === room.localParticipant && one.permissions?.canPublish) speak();
  });
}

async function comeBack(attempt) {
  try {
    await connect(await token());
  } catch {
    await pause(Math.min(150 * 1.5 ** attempt * (0.8 + 0.4 * Math.random()), 3000));
    comeBack(attempt + 1);
  }
}

async function start() {
  if (role === 'speaker') microphone = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0];
  if (query.has('auto')) return comeBack(0);
  ready = await token();
  if (role !== 'listener') await connect(ready);
}

document.querySelector('button').addEventListener('click', () => {
  if (ready && role === 'listener') connect(ready);
  if (role === 'host') fetch('/promote', { method: 'POST' });
});
start().then(() => (document.title = 'Ready'));
