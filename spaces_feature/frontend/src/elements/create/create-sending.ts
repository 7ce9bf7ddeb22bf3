/** From what was typed to what is sent. Pure, but for the zone of this browser. */

import type { NewSpace } from '../../core/calls';
import { EMPTY_DRAFT, type Draft } from '../../core/draft';
import { ownZone, wallAt } from '../../core/moments';
import type { Edit, Space } from '../../core/types';

/** A planned Space as the sheet shows it. */
export function draftOf(space: Space, zone: string = ownZone()): Draft {
  const { title, topic_ids, cover, audience, speak, allows_anonymous, allows_guests, is_recorded, allows_clips, card_ids } = space;
  const { scheduled_start } = space;
  const wall = scheduled_start ? wallAt(Date.parse(scheduled_start), zone) : { day: '', time: '' };
  const options = { allows_anonymous, allows_guests, is_recorded, allows_clips };
  return { mode: 'later', title, topic_ids, cover: cover || EMPTY_DRAFT.cover, audience, speak, ...options, card_ids, ...wall };
}

/** Options that are off are left out: a server without their flag refuses even to hear of them. */
export function newSpaceOf(draft: Draft, scheduled_start?: string): NewSpace {
  const { title, topic_ids, audience, speak, cover, card_ids, allows_anonymous, is_recorded, allows_clips } = draft;
  const allows_guests = draft.allows_guests && audience === 'everyone';
  return {
    title: title.trim(),
    topic_ids,
    audience,
    speak,
    ...(allows_anonymous ? { allows_anonymous } : {}),
    ...(allows_guests ? { allows_guests } : {}),
    ...(is_recorded ? { is_recorded } : {}),
    ...(allows_clips ? { allows_clips } : {}),
    ...(card_ids.length ? { card_ids } : {}),
    ...(scheduled_start ? { scheduled_start, cover } : {}),
  };
}

/** Only what differs. */
export function changesOf(space: Space, draft: Draft, scheduled_start?: string): Edit {
  const { topic_ids, audience, speak, cover, allows_anonymous, is_recorded, allows_clips } = draft;
  const allows_guests = draft.allows_guests && audience === 'everyone';
  const options = { allows_anonymous, allows_guests, is_recorded, allows_clips };
  const wanted: Edit = { title: draft.title.trim(), topic_ids, audience, speak, cover, ...options };
  // A Space without a cover is shown in pine, which is no change.
  if (!space.cover && cover === EMPTY_DRAFT.cover) delete wanted.cover;
  if (scheduled_start && Date.parse(scheduled_start) !== Date.parse(space.scheduled_start ?? '')) wanted.scheduled_start = scheduled_start;
  const isNew = ([key, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(space[key as keyof Space]);
  return Object.fromEntries(Object.entries(wanted).filter(isNew)) as Edit;
}
