/** The values around what is to come and what may be changed: edits, covers, posts, bells, lists. Part of types.ts. */

import type { Audience, Profile, Space, Speak } from './types';

/** The colour of a Space's page and cards; empty where none was chosen. */
export type Cover = '' | 'pine' | 'blue' | 'plum' | 'amber' | 'violet';

/** What may be changed until a Space is over; its start only until then. */
export interface Edit {
  title?: string;
  topic_ids?: string[];
  speak?: Speak;
  audience?: Audience;
  allows_anonymous?: boolean;
  allows_guests?: boolean;
  /** Of a Space that is planned. */
  is_recorded?: boolean;
  allows_clips?: boolean;
  cover?: Cover;
  /** ISO 8601. */
  scheduled_start?: string;
}

/** A post of the host app, as a Space shows it. */
export interface Card {
  id: string;
  url: string;
  text: string;
  author: Profile;
  at: string;
}

export type BellLevel = 'all' | 'scheduled' | 'off';

/** A Space in a list, with whom it is about: the host first. */
export interface ListedSpace extends Space {
  people: Profile[];
  reason: { code: string; text: string } | null;
  has_reminder: boolean;
  /** It is over, was recorded, and its page plays it. */
  has_replay?: boolean;
}

/** How many Spaces a member may have planned at once, and how many days ahead. */
export interface PlanLimits {
  upcoming: number;
  days: number;
}
