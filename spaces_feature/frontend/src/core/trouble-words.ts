/** The sentences for what keeps a member from being heard, or from hearing. They come with the room. */

export const troubleWords = {
  host: 'Host',
  mutedYou: (name: string) => `${name} muted you, and can lift it.`,
  hostMutedYou: (host: string) => `A host muted you. ${host} can lift it.`,
  speakingOff: 'Speaking is switched off for now',
  keepListening: 'You can keep listening',
  stageIsPaused: 'The stage is paused. Nobody can speak right now.',
  microphoneRefused: 'Microphone blocked. You can still listen.',
  microphoneRefusedHelp: 'Allow the microphone in the address bar, then ask again.',
  microphoneMissing: 'No microphone found. You can still listen.',
  microphoneMissingHelp: 'Plug one in, then ask again.',
  microphoneBusy: 'Another app is using your microphone. You can still listen.',
  microphoneBusyHelp: 'Close the other app, then ask again.',
  mediaGone: 'The sound did not come back.',
};
