/** Who listens signed out: counted, never named, and with nothing to do but listen. */

import type { Permission } from './types';

export const isGuest = (user_id: string): boolean => user_id.startsWith('guest:');

/** What a viewer may do of all that their role may. */
export const ownPermissions = (user_id: string, ofRole: string[]): Permission[] =>
  (isGuest(user_id) ? ofRole.filter((name) => name === 'listen') : ofRole) as Permission[];

/** Where people sign in and come back from to this very page; empty where the host app does not say. */
export const signInUrl = (template: string | undefined, here: Pick<Location, 'pathname'>): string =>
  (template ?? '').replace('{next}', encodeURIComponent(here.pathname));
