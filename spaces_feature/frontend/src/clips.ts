/** The sheet of a new clip, loaded when somebody reaches for one. */

import type { ClipAsked } from './core/clip-types';
import type { Attach } from './elements/clip/clip-preview';
import { SpacesClipSheet } from './elements/clip/clip-sheet';

/** The player of playlists comes with the first preview. */
const attach: Attach = async (audio, url, at, lost) => {
  const { connect } = await import('./replay/source');
  const source = await connect(audio, url, at, lost);
  return () => source.close();
};

/** Opens the sheet, in the place of one that is open. Returns it. */
export function openClip(asked: ClipAsked): HTMLElement {
  for (const other of document.querySelectorAll('spaces-clip-sheet')) other.remove();
  const sheet = new SpacesClipSheet();
  sheet.asked = asked;
  sheet.attach = attach;
  document.body.append(sheet);
  return sheet;
}
