/** What only those who run a Space need: a part of its own, so that listeners do not pay for it. */

import { defineOnce } from '../context';
import { SpacesHostDesk } from './host-desk';
import { SpacesEditSheet } from './host-edit';
import { SpacesEndSheet } from './host-end';
import { SpacesInviteSheet } from './host-invite';
import { SpacesMenuSheet } from './host-menu';
import { SpacesPinSheet } from './host-pin';
import { SpacesRecordSheet } from '../recording/record-sheet';
import { SpacesRemoveSheet } from './host-remove';
import { SpacesRemovedSheet } from './host-removed';

defineOnce('spaces-host-desk', SpacesHostDesk);
defineOnce('spaces-menu-sheet', SpacesMenuSheet);
defineOnce('spaces-invite-sheet', SpacesInviteSheet);
defineOnce('spaces-remove-sheet', SpacesRemoveSheet);
defineOnce('spaces-removed-sheet', SpacesRemovedSheet);
defineOnce('spaces-pin-sheet', SpacesPinSheet);
defineOnce('spaces-edit-sheet', SpacesEditSheet);
defineOnce('spaces-record-sheet', SpacesRecordSheet);
defineOnce('spaces-end-sheet', SpacesEndSheet);
