/** Hears the microphone before anybody else does: the level and which device, nothing is sent. */

import type { MicrophoneView } from '../core/types';

export type CheckState = 'idle' | 'asking' | 'hearing' | Extract<MicrophoneView['kind'], 'refused' | 'missing' | 'busy'>;

/** Five bars of 0..1. */
export type Bars = [number, number, number, number, number];

const SHAPE = [0.5, 0.8, 1, 0.7, 0.4] as const;
const TICK_MS = 80;

export class MicrophoneCheck {
  state: CheckState = 'idle';
  bars: Bars = [0, 0, 0, 0, 0];
  devices: MediaDeviceInfo[] = [];
  private stream: MediaStream | undefined;
  private audio: AudioContext | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly changed: () => void) {}

  /** Call inside a tap: the browser asks for permission. */
  async start(device_id?: string): Promise<void> {
    this.stop();
    this.become('asking');
    try {
      const audio = device_id ? { deviceId: { exact: device_id } } : true;
      this.stream = await navigator.mediaDevices.getUserMedia({ audio });
    } catch (error) {
      return this.become(reason(error));
    }
    this.devices = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'audioinput');
    this.listen(this.stream);
    this.become('hearing');
  }

  stop(): void {
    clearInterval(this.timer);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    void this.audio?.close();
    this.stream = this.audio = undefined;
  }

  private listen(stream: MediaStream): void {
    this.audio = new AudioContext();
    const analyser = this.audio.createAnalyser();
    this.audio.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
      const level = Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 50) / 40));
      this.bars = SHAPE.map((share) => Math.round(share * level * 8) / 8) as Bars;
      this.changed();
    }, TICK_MS);
  }

  private become(state: CheckState): void {
    this.state = state;
    this.changed();
  }
}

function reason(error: unknown): CheckState {
  switch ((error as DOMException).name) {
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'refused';
  }
}
