/** Marks at the head of a room: what is kept of it, and how well it is heard. */

import { html, nothing, type TemplateResult } from 'lit';
import type { SessionState, Space } from '../core/types';
import { deps } from './context';
import { icon } from './icons';

/** What is kept of a live Space; nothing where nothing is. It is no part of the theme: no host app may hide REC. */
export function recBadge({ recording, allows_clips }: Pick<Space, 'recording' | 'allows_clips'>): TemplateResult | typeof nothing {
  const { recording: w } = deps().words;
  switch (recording) {
    case 'on':
      return mark('rec', html`<i></i>`, w.rec, w.isOnShort);
    case 'starting':
      return mark('rec waits', html`<i></i>`, w.rec, w.isStarting);
    case 'interrupted':
      return mark('rec waits', icon('pause'), w.rec, w.isPaused);
    case 'off':
      return allows_clips ? mark('', icon('scissors'), w.clips, w.allowsClips) : nothing;
  }
}

/** Read as a sentence, seen as a word. */
const mark = (tone: string, picture: TemplateResult, word: string, said: string): TemplateResult =>
  html`<span class="badge ${tone}" title=${said}>${picture}<span aria-hidden="true">${word}</span><span class="sr">${said}</span></span>`;

/** How well the room is heard here. */
export function qualityBadge(quality: SessionState['quality']): TemplateResult | typeof nothing {
  if (quality === 'unknown') return nothing;
  return html`<span class="quality" data-quality=${quality} part="badge">
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M15 2v12H2z" /></svg>${deps().words.quality[quality]}
  </span>`;
}
