/** What the elements are given: everything they may use, and nothing that they may not. */

import type { Api } from './api';
import type { PageConfig, Session, SessionState, Snapshot, Store } from './types';
import type { PageWords } from './page-words';
import type { Words } from './words';
import type { StripStore } from '../live/strip-store';

export interface PageDeps {
  /** Of the page shown now: a getter, because a page swap may bring a new one. */
  readonly config: PageConfig;
  readonly api: Api;
  /** What the strip shows, best first. */
  readonly strip: Pick<StripStore, 'get' | 'subscribe' | 'isAnswered' | 'isOver' | 'onNews'>;
  /** The member's own place; `idle` until the room bundle is loaded. */
  readonly session: Store<SessionState>;
  /** Loads the room bundle on first use. Await it inside a tap: the promise keeps the user activation. */
  openSession(): Promise<Session>;
  /** Starts loading the room bundle; call on hover, touchstart or focus. */
  prefetch(): void;
  /**
   * A live copy of one Space; null until the first answer. Call `close` when it is no longer shown. Quietly: by the socket
   * or not at all, for what is asked about in another way as well.
   */
  watch(space_id: string, isQuiet?: boolean): Watched;
  /** A snapshot that came as the answer of a command: the live copy takes it. */
  take(snapshot: Snapshot): void;
  readonly words: PageWords;
  /** Says `text` in the live region, politely unless it is about the member's own state. */
  announce(text: string, assertive?: boolean): void;
}

/** The same with the room's sentences, for whatever is loaded with the room's elements. */
export interface Deps extends PageDeps {
  readonly words: Words;
}

export interface Watched extends Store<Snapshot | null> {
  close(): void;
}
