/** Hands the address of a Space on: through the phone's own sheet, else as a copied link. */

import type { Space } from '../core/types';
import { deps } from './context';
import { narrow } from './modal';

/** Resolves to whether the link lies in the clipboard now. */
export async function share(space: Space): Promise<boolean> {
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
