/** Planned Spaces in each of their states. */

import type { Snapshot } from '../src/core/types';
import { snapshot, space } from './cast';

const soon = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

/** `waiting`, `reminded`, `late`, `host`, `due`, `live`, `canceled`, `expired`, with two pinned posts. */
export function planned(state: string): Snapshot {
  const isHost = state === 'host' || state === 'due';
  const title = 'Night trains, and who runs them';
  const minutes = state === 'late' ? -4 : state === 'due' ? 0 : 3 * 24 * 60;
  const isOver = state === 'canceled' || state === 'expired';
  const { me } = snapshot();
  return snapshot({
    space: space({
      title,
      state: isOver ? 'canceled' : state === 'live' ? 'live' : 'scheduled',
      end_reason: state === 'canceled' ? 'canceled' : state === 'expired' ? 'expired' : null,
      host_ids: [isHost ? '2' : '1'],
      scheduled_start: soon(minutes),
      subscriber_count: 212,
      card_ids: ['71', '72'],
    }),
    stage: [],
    me: {
      ...me,
      reminder: state === 'reminded' ? { is_early: true } : null,
      permissions: isHost ? ['cancel', 'edit', 'name_cohosts', 'pin', 'start'] : ['remind', 'report'],
    },
  });
}
