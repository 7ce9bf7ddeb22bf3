/** Takes a Space elsewhere: its address to others, its name into the host app, or its sound to a window of its own. */

import { waysWith } from '../core/host-links';
import type { Space } from '../core/types';
import { deps } from './context';
import type { IconName } from './icons';
import { narrow } from './modal';

const sharesByItself = (): boolean => narrow.matches && 'share' in navigator;

const hasWays = ({ id }: Pick<Space, 'id'>): boolean => {
  const { config } = deps();
  return config.me !== null && waysWith(config.share_links, id).length > 0;
};

/** What a button that shares is called: it copies the link at once, or offers more than that. */
export function shareFace(space: Pick<Space, 'id'>): { icon: IconName; title: string } {
  const { words } = deps();
  return sharesByItself() || hasWays(space) ? { icon: 'share', title: words.share } : linkFace();
}

/** What the button is called that passes on the link and nothing else. */
export function linkFace(): { icon: IconName; title: string } {
  const { words } = deps();
  return sharesByItself() ? { icon: 'share', title: words.shareLink } : { icon: 'link', title: words.copyLink };
}

/**
 * Shares, by a sheet where the host app has places of its own for it; `leave` is called when the member goes to one of them.
 * Resolves to whether the link is in the clipboard now.
 */
export async function share(space: Pick<Space, 'id' | 'title'>, leave: () => unknown = () => undefined): Promise<boolean> {
  const sheet = hasWays(space) ? await import('./share-sheet').catch(() => null) : null;
  return sheet ? sheet.openShareSheet(space, leave) : passLink(space);
}

/** Resolves to whether the link lies in the clipboard now. */
export async function passLink(space: Pick<Space, 'id' | 'title'>): Promise<boolean> {
  const { config, words, announce } = deps();
  const url = new URL(`${config.prefix}/${encodeURIComponent(space.id)}`, location.href).href;
  try {
    if (sharesByItself()) {
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
