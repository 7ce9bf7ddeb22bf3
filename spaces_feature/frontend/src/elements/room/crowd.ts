/** Who is in the room, page by page as somebody scrolls or searches, and kept fresh while people come and go. */

import type { Participant } from '../../core/calls';
import type { Problem, Profile } from '../../core/types';

interface Page {
  data: Participant[];
  next_cursor: string | null;
}

/** Milliseconds between two looks at a room where people come and go. */
const PAUSE = 4000;

export class Crowd {
  /** Grows with whatever changes here. */
  version = 0;
  /** Whether a question is under way. */
  isLoading = false;
  problem: Problem | null = null;
  private pages: { cursor: string | undefined; page: Page }[] = [];
  private count: number | undefined;
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called whenever there is something else to draw. */
  constructor(
    private readonly ask: (cursor?: string) => Promise<Page>,
    private readonly changed: () => void,
    private readonly asProblem: (error: unknown) => Problem,
  ) {}

  /** Oldest stay first, each person once. */
  get rows(): Participant[] {
    const byId = new Map(this.pages.flatMap(({ page }) => page.data.map((row) => [row.user_id, row])));
    return [...byId.values()];
  }

  get isComplete(): boolean {
    const last = this.pages.at(-1);
    return last !== undefined && last.page.next_cursor === null;
  }

  /** Fetches the next page; does nothing while another question is under way or when all are there. */
  async more(): Promise<void> {
    if (this.isLoading || this.isComplete) return;
    await this.fetch(this.pages.length, this.pages.at(-1)?.page.next_cursor ?? undefined);
  }

  /** How many are present by the newest snapshot. When that changes, the last page and one other are asked for again. */
  heard(count: number): void {
    const isNews = this.count !== undefined && this.count !== count;
    this.count = count;
    if (isNews) this.timer ??= setTimeout(() => void this.refresh(), PAUSE);
  }

  /** Asks anew for the last page, where newcomers are, and for one page before it in turn. */
  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isLoading || !this.pages.length) return;
    const last = this.pages.length - 1;
    const other = last > 0 ? this.turn++ % last : last;
    for (const at of new Set([other, last])) await this.fetch(at, this.pages[at]?.cursor);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async fetch(at: number, cursor: string | undefined): Promise<void> {
    this.isLoading = true;
    this.tell();
    try {
      this.pages[at] = { cursor, page: await this.ask(cursor) };
      this.problem = null;
    } catch (error) {
      this.problem = this.asProblem(error);
    }
    this.isLoading = false;
    this.tell();
  }

  private tell(): void {
    this.version += 1;
    this.changed();
  }
}

/** Without accents and case, so that "jose" finds José. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether the name, any part of it, or the @handle begins like `query`; nothing asked finds everybody. */
export function isFoundBy(profile: Profile, query: string): boolean {
  const asked = plain(query.trim());
  if (!asked) return true;
  const handle = plain(profile.username);
  if (asked.startsWith('@')) return handle.startsWith(asked.slice(1));
  const name = plain(profile.name);
  return handle.startsWith(asked) || name.startsWith(asked) || name.includes(` ${asked}`);
}
