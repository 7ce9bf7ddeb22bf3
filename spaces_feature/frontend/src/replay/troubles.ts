/** Why a replay is not heard, in the shape of what the server tells. */

import { problem } from '../core/no-answer';
import type { Problem } from '../core/types';
import { replayWords as words } from './words';

const trouble = (title: string, detail = ''): Problem => problem(0, 'replay', title, detail);

/** Nobody has to do anything about it, so it is drawn as no alarm. */
export const WAITING = trouble(words.slow, words.slowLine);
export const GONE = trouble(words.goneShort, words.goneLine);
export const LOST = trouble(words.lost, words.lostLine);
export const NOT_READY = trouble(words.notReady);
export const UNPLAYABLE = trouble(words.noSound, words.noSoundLine);
