/** Plays a part of what is held, by its playlist. The sound is fetched when it is first asked for. */

import { takeTurns } from './clip-sound';
import type { Selection } from '../../core/selection';

/** Attaches a playlist to a media element, to begin at a second of it; resolves to what takes it off again. */
export type Attach = (audio: HTMLAudioElement, url: string, at: number, lost: () => void) => Promise<() => void>;

export interface PreviewOptions {
  attach: Attach;
  /** Where it plays, seconds from the beginning of what is held; null when it does not. */
  moved(at: number | null): void;
  failed(): void;
}

export class Preview {
  private readonly audio = new Audio();
  private readonly leave: () => void;
  private ready: Promise<() => void> | null = null;
  private part: Selection = { from: 0, seconds: 0 };
  private frame = 0;
  /** A stop that came while the sound was fetched. */
  private wanted = false;

  constructor(
    private readonly url: string,
    private readonly options: PreviewOptions,
  ) {
    this.leave = takeTurns(this.audio);
    this.audio.addEventListener('pause', this.stopped);
  }

  get isPlaying(): boolean {
    return this.wanted;
  }

  /** Plays the part from its beginning, or from `at`. Call it inside the tap. */
  async play(part: Selection, at = part.from): Promise<void> {
    this.part = part;
    this.wanted = true;
    try {
      const isFirst = !this.ready;
      // Some browsers let only sound play later that a tap has touched.
      if (isFirst) this.audio.load();
      this.ready ??= this.options.attach(this.audio, this.url, at, this.lost);
      await this.ready;
      if (!this.wanted) return;
      if (!isFirst) this.audio.currentTime = at;
      await this.audio.play();
      this.follow();
    } catch (error) {
      // A pause before the first sound is no failure.
      if ((error as Error).name === 'AbortError') this.wanted = false;
      else this.lost();
    }
  }

  /** Other handles, other end: it goes on where it is, or stops when that is outside. */
  keepWithin(part: Selection): void {
    this.part = part;
    if (!this.wanted) return;
    const at = this.audio.currentTime;
    if (at < part.from || at > part.from + part.seconds) this.stop();
  }

  stop(): void {
    this.wanted = false;
    this.audio.pause();
    this.stopped();
  }

  close(): void {
    this.stop();
    this.leave();
    void this.ready?.then((detach) => detach(), () => undefined);
  }

  /** The next try begins anew. */
  private lost = (): void => {
    void this.ready?.then((detach) => detach(), () => undefined);
    this.ready = null;
    this.stop();
    this.options.failed();
  };

  private stopped = (): void => {
    this.wanted = false;
    cancelAnimationFrame(this.frame);
    this.options.moved(null);
  };

  private follow = (): void => {
    const { currentTime, ended } = this.audio;
    if (!this.wanted) return;
    if (ended || currentTime >= this.part.from + this.part.seconds) {
      this.stop();
      return;
    }
    this.options.moved(currentTime);
    this.frame = requestAnimationFrame(this.follow);
  };
}
