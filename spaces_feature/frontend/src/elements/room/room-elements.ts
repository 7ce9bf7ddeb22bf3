/** Everything but the strip, loaded when somebody reaches for a Space. */

import type { Draft } from '../../core/draft';
import type { Card, Snapshot, Space } from '../../core/types';
import { words } from '../../core/words';
import { attempt, deps, defineOnce, provideWords } from '../context';
import { SpacesBlockedNote } from '../blocked-note';
import { SpacesConsent } from '../recording/consent';
import { SpacesConsentSheet } from '../recording/consent-sheet';
import { listenForClips } from '../clip/clip-open';
import { SpacesCreate } from '../create/create';
import { SpacesDock, UNFOLD } from './dock';
import { SpacesPersonSheet } from '../host/host-person';
import { SpacesJoin } from '../place/join';
import { SpacesKept } from '../kept';
import { beginMeasuring, tellOpened } from '../opened';
import { SpacesPanel } from './panel';
import { SpacesPins } from './pins';
import { SpacesReportSheet } from '../report-sheet';
import { SpacesRoomBar } from './room-bar';
import { SpacesSeat } from './seat';
import { share } from '../sharing';
import { SpacesSoundSheet } from '../sheets';
import { SpacesWarning } from '../warning';

beginMeasuring();
listenForClips();
provideWords(words);
defineOnce('spaces-seat', SpacesSeat);
defineOnce('spaces-room-bar', SpacesRoomBar);
defineOnce('spaces-sound-sheet', SpacesSoundSheet);
defineOnce('spaces-person-sheet', SpacesPersonSheet);
defineOnce('spaces-pins', SpacesPins);
defineOnce('spaces-kept', SpacesKept);
defineOnce('spaces-consent', SpacesConsent);
defineOnce('spaces-consent-sheet', SpacesConsentSheet);
defineOnce('spaces-panel', SpacesPanel);
defineOnce('spaces-dock', SpacesDock);
defineOnce('spaces-blocked-note', SpacesBlockedNote);
defineOnce('spaces-report-sheet', SpacesReportSheet);
defineOnce('spaces-warning', SpacesWarning);
defineOnce('spaces-join', SpacesJoin);
defineOnce('spaces-create', SpacesCreate);

const AWAY = new Set(['idle', 'ended', 'removed', 'failed', 'elsewhere']);

/** Opens the dialog of one Space, or the room where the member is in it already. */
export function openJoin(space_id: string): void {
  const { space_id: here, connection } = deps().session.get();
  if (here === space_id && !AWAY.has(connection.kind)) {
    document.dispatchEvent(new Event(UNFOLD));
    return;
  }
  const dialog = document.createElement('spaces-join') as SpacesJoin;
  dialog.spaceId = space_id;
  open(dialog);
}

/** Goes in without a dialog: the page itself said what there is to hear. */
export function listenAtOnce(space_id: string): void {
  const unfold = () => document.dispatchEvent(new Event(UNFOLD));
  const { space_id: here, connection } = deps().session.get();
  if (here === space_id && !AWAY.has(connection.kind)) return void unfold();
  tellOpened(space_id);
  const tapped_at = Date.now();
  void attempt((session) => session.listen(space_id, { tapped_at })).then((problem) => problem || unfold());
}

export function shareSpace(space: Pick<Space, 'id' | 'title'>): void {
  void share(space);
}

/** The sheet for a new Space; with `card`, one that starts from a post of the host app. */
export function openCreate(card: Partial<Card> | null = null, mode: Draft['mode'] | null = null): void {
  const sheet = document.createElement('spaces-create') as SpacesCreate;
  sheet.card = card;
  sheet.mode = mode;
  open(sheet);
}

/** The same sheet for a Space that is planned. */
export function openEdit(planned: Snapshot): void {
  const sheet = document.createElement('spaces-create') as SpacesCreate;
  sheet.edited = planned;
  open(sheet);
}

function open(dialog: HTMLElement): void {
  for (const other of document.querySelectorAll('spaces-join, spaces-create')) other.remove();
  document.body.append(dialog);
}
