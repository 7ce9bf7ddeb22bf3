/** What the dialog of a Space offers at its foot. Pure. */

import { isOpen } from '../../core/flags';
import { NAMES_ONLY } from '../../core/problems';
import type { PageConfig, Problem, Snapshot } from '../../core/types';

/** `closed`: there is nothing to go into. `not_open`: there is, but listening is not open to the member. */
export type Way = 'closed' | 'not_open' | 'try_again' | 'listen';

export function wayIn(snapshot: Snapshot | null, problem: Problem | null, config: Pick<PageConfig, 'flags'>): Way {
  if (snapshot && snapshot.space.state !== 'live') return 'closed';
  if (problem && problem.code !== NAMES_ONLY && (problem.status === 404 || problem.status === 403)) return 'closed';
  if (!isOpen(config, 'spaces.listen')) return 'not_open';
  return !snapshot && problem ? 'try_again' : 'listen';
}
