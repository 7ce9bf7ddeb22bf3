/** Where live segments come from, whatever fetches them. */

/** The segment that is heard, and how far into it the ear is. */
export interface Heard {
  url: string;
  into_ms: number;
}

export interface Source {
  /** Null before anything is heard, and where the browser does not say. */
  place(): Heard | null;
  /** Seconds from the stage to the ear, or from the newest moment that can be fetched; null while that is unknown. */
  late(): number | null;
  /** The address has changed. */
  renew(): unknown;
  /** Skips what was missed while the sound was held back. */
  catchUp(): void;
  close(): void;
}

export interface Told {
  /** The address is refused, or leads nowhere any more. */
  turnedAway(): void;
  /** Nothing more comes. */
  lost(): void;
}

/** The file of that name at the address as it is now. */
export const beside = (address: string, url: string): string =>
  new URL(new URL(url, address).pathname.split('/').pop()!, address).href;

/** What the server answers about an address that it does not serve (any more). */
export const isTurnedAway = (status: number): boolean => status === 403 || status === 404 || status === 410;

/** Seconds by which the sound may be later than it needs to be. */
export const SLACK = 2;
