/** Registers the elements. Strip and avatars come at once; dock, panel and dialogs when somebody reaches for a Space. */

import type { PageDeps } from '../core/deps';
import { SpacesAvatar } from './avatar-ring';
import { defineOnce, provide } from './context';
import { listenForOpeners, loadRoomElements, openWhatWasAsked } from './openers';
import { SpacesStrip } from './strip';

let listening = false;

/**
 * Gives every element its dependencies and defines those of every page; dock and panel of a Space that goes on wait for
 * `soundFirst`. Calling it again changes nothing.
 */
export function defineElements(deps: PageDeps, soundFirst: Promise<void>): void {
  if (listening) return;
  listening = true;
  provide(deps);
  keepStyle();
  defineOnce('spaces-strip', SpacesStrip);
  defineOnce('spaces-avatar', SpacesAvatar);
  listenForOpeners();
  openWhatWasAsked();
  const load = () => void soundFirst.then(loadRoomElements);
  if (deps.session.get().connection.kind !== 'idle') load();
  const stop = deps.session.subscribe(({ connection }) => {
    if (connection.kind === 'idle') return;
    stop();
    load();
  });
}

/** The style sheet stands where the strip stands; in the head it also survives a page swap without a flash. */
function keepStyle(): void {
  const link = document.querySelector('link#spaces-style');
  if (link && !document.head.querySelector('link#spaces-style')) document.head.append(link);
}
