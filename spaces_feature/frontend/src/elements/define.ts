/** Registers the elements. Strip, avatars and cards come at once; dock, panel and dialogs when somebody reaches for a Space. */

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
export function defineElements(deps: PageDeps, soundFirst: Promise<void> = Promise.resolve()): void {
  if (listening) return;
  listening = true;
  provide(deps);
  keepStyle();
  defineOnce('spaces-strip', SpacesStrip);
  defineOnce('spaces-avatar', SpacesAvatar);
  defineOnce('spaces-card', SpacesCard);
  defineOnce('spaces-directory', SpacesDirectory);
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

/**
 * `<spaces-card space-id="...">`: a Space as a card in a post. Most pages have none, so its code comes with the first.
 *
 * @element spaces-card
 */
class SpacesCard extends HTMLElement {
  connectedCallback(): void {
    import('./space-card').then(({ follow }) => follow(this)).catch(() => undefined);
  }
}

/**
 * `<spaces-directory>`: the page of all Spaces; its search answers while somebody types.
 *
 * @element spaces-directory
 */
class SpacesDirectory extends HTMLElement {
  connectedCallback(): void {
    import('./directory').then(({ enhance }) => enhance(this)).catch(() => undefined);
  }
}

/** The style sheet stands where the strip stands; in the head it also survives a page swap without a flash. */
function keepStyle(): void {
  const link = document.querySelector('link#spaces-style');
  if (link && !document.head.querySelector('link#spaces-style')) document.head.append(link);
}
