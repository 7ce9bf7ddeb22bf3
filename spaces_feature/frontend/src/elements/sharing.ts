/** Takes a Space elsewhere: its address to others, or its sound to a window of its own. */

import type { Space } from '../core/types';
import { deps } from './context';
import { narrow } from './modal';

/** Resolves to whether the link lies in the clipboard now. */
export async function share(space: Pick<Space, 'id' | 'title'>): Promise<boolean> {
  const { config, words, announce } = deps();
  const url = new URL(`${config.prefix}/${encodeURIComponent(space.id)}`, location.href).href;
  try {
    if (narrow.matches && 'share' in navigator) {
      await navigator.share({ title: space.title, url });
      return false;
    }
    await navigator.clipboard.writeText(url);
    announce(words.copied, true);
    return true;
  } catch (error) {
    if ((error as Error).name !== 'AbortError') window.prompt(words.copyLink, url);
    return false;
  }
}

/**
 * Opens the Space in a small window, which takes the place over: it is given a copy of this tab's stored intent, rejoins
 * by it, and this page then says that it plays elsewhere.
 */
export function popOut(space: Space): void {
  const { config } = deps();
  window.open(`${config.prefix}/${encodeURIComponent(space.id)}`, 'spaces-player', 'popup,width=420,height=720');
}
