/** Chapters: which one plays, how long each is, and what a host wrote down as some. */

import type { Chapter } from './recording';

/** Of the server's: the most that a title may have, and how many chapters a replay. */
export const LONGEST_TITLE = 70;
export const MOST_CHAPTERS = 50;

/** What a host edits: the time as it is typed. */
export interface Draft {
  at: string;
  title: string;
}

export type DraftTrouble = 'time' | 'late' | 'title' | 'same';

/** What is left of chapters that were cut off stands at the beginning: of several at one moment only the last is heard. */
export const heardChapters = (chapters: readonly Chapter[]): Chapter[] =>
  chapters.filter(({ at_s }, place) => chapters[place + 1]?.at_s !== at_s);

/** The chapter that plays at a moment; -1 before the first. */
export function chapterAt(chapters: readonly Chapter[], at_s: number): number {
  let found = -1;
  for (const [place, { at_s: begin }] of chapters.entries()) if (begin <= at_s) found = place;
  return found;
}

/** Each chapter with where it ends. */
export const chapterSpans = (chapters: readonly Chapter[], duration_s: number): (Chapter & { to_s: number })[] =>
  chapters.map((chapter, place) => ({ ...chapter, to_s: chapters[place + 1]?.at_s ?? duration_s }));

/** "1:02:03", "12:40" or "45" as seconds; null for what is no time. */
export function secondsOf(typed: string): number | null {
  const found = /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,2})$/.exec(typed.trim());
  if (!found) return null;
  const [hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
  if ((found[2] !== undefined && seconds > 59) || (found[1] !== undefined && minutes > 59)) return null;
  return hours * 3600 + minutes * 60 + seconds;
}

/** Lines as chapters in order; empty lines are left out. Or what is wrong, by the line's place. */
export function chaptersOf(drafts: readonly Draft[], duration_s: number): { chapters: Chapter[]; troubles: Map<number, DraftTrouble> } {
  const chapters: Chapter[] = [];
  const troubles = new Map<number, DraftTrouble>();
  for (const [place, { at, title }] of drafts.entries()) {
    if (!title.trim() && !at.trim()) continue;
    const at_s = secondsOf(at);
    if (at_s === null) troubles.set(place, 'time');
    else if (at_s >= duration_s) troubles.set(place, 'late');
    else if (!title.trim()) troubles.set(place, 'title');
    else if (chapters.some((other) => other.at_s === at_s)) troubles.set(place, 'same');
    else chapters.push({ at_s, title: title.trim() });
  }
  return { chapters: chapters.sort((a, b) => a.at_s - b.at_s), troubles };
}
