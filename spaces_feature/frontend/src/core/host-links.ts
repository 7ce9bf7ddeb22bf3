/** Links of the host app's that stand in our sheets. */

import type { HostLink } from './page-types';

export interface Way {
  title: string;
  url: string;
}

/** Where a Space can be taken beside its own address. */
export const waysWith = (links: HostLink[] | undefined, space_id: string): Way[] =>
  (links ?? []).map(([title, path]) => ({ title, url: path.replaceAll('{space_id}', encodeURIComponent(space_id)) }));

/** What can be made instead of a Space. */
export const waysInstead = (links: HostLink[] | undefined): Way[] => (links ?? []).map(([title, url]) => ({ title, url }));
