/** What a request says about its member: how they stand to the Space's host, and whether the host sent them away before. */

import type { Role, SpeakRequest } from '../../core/types';
import type { HostWords } from '../../core/host-words';
import { ago } from '../ago';

export interface Chip {
  text: string;
  tone: 'quiet' | 'warn';
}

/** The host reads about themselves, everybody else about the host by first name. A server that tells less yields less. */
export function chipsOf(
  request: Partial<SpeakRequest>,
  viewer: Role,
  host: string,
  w: HostWords,
  now: number = Date.now(),
): Chip[] {
  const { relation, removed_at } = request;
  const chips: Chip[] = [];
  if (removed_at) {
    const when = ago(removed_at, w, now);
    chips.push({ text: viewer === 'host' ? w.removedByYou(when) : w.removedBy(host, when), tone: 'warn' });
  }
  if (!relation) return chips;
  for (const text of standing(relation, viewer, host, w)) chips.push({ text, tone: 'quiet' });
  chips.push({ text: w.mutuals(relation.mutuals), tone: 'quiet' });
  return chips;
}

/** How they stand to the host, in no, one or two short facts. */
export function standing(relation: SpeakRequest['relation'], viewer: Role, host: string, w: HostWords): string[] {
  const { follows_host, is_followed_by_host } = relation;
  if (viewer === 'host') {
    if (follows_host && is_followed_by_host) return [w.followEachOther];
    return follows_host ? [w.followsYou] : is_followed_by_host ? [w.youFollow] : [];
  }
  if (follows_host) return is_followed_by_host ? [w.follows(host), w.followsBack(host)] : [w.follows(host)];
  return is_followed_by_host ? [w.isFollowedBy(host)] : [];
}
