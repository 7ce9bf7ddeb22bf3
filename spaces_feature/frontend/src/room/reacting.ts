/** Reactions as they come in, for whoever draws them: each event for floating ones, each seat's own for a while. */

import type { ReactionCounts } from '../core/reactions';
import type { SessionState } from '../core/types';

/** Milliseconds for which a seat shows what it sent. */
const SHOWN = 2000;

/** Returns what takes an event's data. */
export function createReacting(
  get: () => SessionState,
  patch: (fields: Partial<SessionState>) => void,
): (data: Record<string, unknown>) => void {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  let events = 0;

  function forget(user_id: string): void {
    timers.delete(user_id);
    const { [user_id]: _gone, ...reacting } = get().reacting ?? {};
    patch({ reacting });
  }

  return (data) => {
    const { counts = {}, seats = [] } = data as { counts?: ReactionCounts; seats?: { user_id: string; emoji: string }[] };
    events += 1;
    const shown = Object.fromEntries(seats.map(({ user_id, emoji }) => [user_id, emoji]));
    patch({ reactions: { event: events, counts }, reacting: { ...get().reacting, ...shown } });
    for (const { user_id } of seats) {
      clearTimeout(timers.get(user_id));
      timers.set(user_id, setTimeout(() => forget(user_id), SHOWN));
    }
  };
}
