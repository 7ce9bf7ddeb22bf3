/**
 * Opens the sheet of a new clip when something in the page asks for one:
 * `document.dispatchEvent(new CustomEvent('spaces-clip', {detail: {space_id, at_s, from_s, seconds}}))`.
 */

import type { ClipAsked } from '../../core/clip-types';
import { pageDeps } from '../context';

const CLIP = 'spaces-clip';

let isListening = false;

/** Starts to listen; again changes nothing. */
export function listenForClips(): void {
  if (isListening) return;
  isListening = true;
  document.addEventListener(CLIP, (event) => void open((event as CustomEvent<ClipAsked>).detail));
}

/** Asks for a clip, from anywhere in the page. */
export function askForClip(detail: ClipAsked): void {
  document.dispatchEvent(new CustomEvent<ClipAsked>(CLIP, { detail }));
}

async function open(asked: ClipAsked): Promise<void> {
  try {
    const { openClip } = await import('../../clips');
    openClip(asked);
  } catch {
    pageDeps().announce(pageDeps().words.unreachable, true);
  }
}
