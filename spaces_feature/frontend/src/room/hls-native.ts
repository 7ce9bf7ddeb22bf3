/** Live segments by the browser itself, where it takes none from a script. */

import { SLACK, beside, type Source, type Told } from './hls-source';
import { fileOf, marksOf, segmentAt } from './hls-playlist';

export function natively(
  audio: HTMLAudioElement & { getStartDate?(): Date },
  address: () => string,
  playlist: string,
  told: Told,
): Source {
  const mark = marksOf(playlist)[0];
  const life = new AbortController();
  const { signal } = life;
  audio.addEventListener('error', () => told.lost(), { signal });
  audio.src = address();

  const edge = () => (audio.seekable.length ? audio.seekable.end(audio.seekable.length - 1) : null);
  const late = () => {
    const end = edge();
    return end === null || audio.currentTime === 0 ? null : end - audio.currentTime;
  };

  return {
    place() {
      const began = audio.getStartDate?.().getTime() ?? NaN;
      if (!mark || Number.isNaN(began)) return null;
      const { number, into_ms } = segmentAt(began + audio.currentTime * 1000, mark);
      return { url: beside(address(), fileOf(number)), into_ms };
    },
    late,
    /** The browser goes on at the address it has: another one begins at its newest sound. */
    renew() {
      audio.src = address();
      audio.play().catch(() => undefined);
    },
    catchUp() {
      const end = edge();
      if (end !== null && (late() ?? 0) > 2 * SLACK) audio.currentTime = end - SLACK;
    },
    close: () => life.abort(),
  };
}
