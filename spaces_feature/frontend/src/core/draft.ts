/** What was typed into the sheet for a new Space, kept in the tab until it is sent. */

import { isOpen, mayPlan } from './flags';
import type { Audience, Cover, PageConfig, Speak } from './types';

export interface Draft {
  mode: 'now' | 'later';
  title: string;
  topic_ids: string[];
  cover: Cover;
  /** As the clocks of the member's zone show it; empty where nothing was chosen. */
  day: string;
  time: string;
  audience: Audience;
  speak: Speak;
  allows_anonymous: boolean;
  allows_guests: boolean;
  is_recorded: boolean;
  allows_clips: boolean;
  card_ids: string[];
}

export const EMPTY_DRAFT: Draft = {
  mode: 'now',
  title: '',
  topic_ids: [],
  cover: 'pine',
  day: '',
  time: '',
  audience: 'everyone',
  speak: 'everyone',
  allows_anonymous: false,
  allows_guests: false,
  is_recorded: false,
  allows_clips: false,
  card_ids: [],
};

const NAME = 'spaces-draft';

export interface Drafts {
  /** What `member` had typed, null when nothing waits. */
  find(member: string): Draft | null;
  keep(member: string, draft: Draft): void;
  forget(): void;
}

/** `storage` is asked for at each call: some browsers refuse to name it. */
export function createDrafts(storage: () => Storage): Drafts {
  return {
    find(member) {
      try {
        const { member: owner, draft } = JSON.parse(storage().getItem(NAME) ?? '{}') as { member?: string; draft?: Partial<Draft> };
        return owner === member && draft && typeof draft === 'object' ? fitted(draft) : null;
      } catch {
        return null;
      }
    },
    keep(member, draft) {
      try {
        storage().setItem(NAME, JSON.stringify({ member, draft }));
      } catch {
        // No room, or no storage: the sheet itself still holds it.
      }
    },
    forget() {
      try {
        storage().removeItem(NAME);
      } catch {
        // Nothing was kept.
      }
    },
  };
}

/**
 * The draft as far as it is open to the member, `mode` what the sheet is asked to open on: what was chosen before a flag
 * went off would only be refused, by a field that is not drawn any more.
 */
export function openPart(draft: Draft, mode: Draft['mode'] | null, config: Pick<PageConfig, 'flags'>): Draft {
  return {
    ...draft,
    mode: mayPlan(config) ? (mode ?? draft.mode) : 'now',
    allows_anonymous: draft.allows_anonymous && isOpen(config, 'spaces.anonymous'),
    allows_guests: draft.allows_guests && isOpen(config, 'spaces.guests'),
    is_recorded: draft.is_recorded && isOpen(config, 'spaces.record'),
    allows_clips: draft.allows_clips && isOpen(config, 'spaces.clip'),
  };
}

/** An older page may have kept less, or something else. */
function fitted(found: Partial<Draft>): Draft {
  const known = Object.entries(EMPTY_DRAFT).map(([key, empty]) => {
    const value: unknown = found[key as keyof Draft];
    const isSame = typeof value === typeof empty && Array.isArray(value) === Array.isArray(empty);
    return [key, isSame ? value : empty];
  });
  return Object.fromEntries(known) as Draft;
}
