/** The member set or took back a reminder: what every other place in the page that shows the same Space hears of. */

export const REMINDED = 'spaces-reminder';

export interface Reminded {
  space_id: string;
  reminder: { is_early: boolean } | null;
}

declare global {
  interface DocumentEventMap {
    [REMINDED]: CustomEvent<Reminded>;
  }
}

/** The event; it is heard on the document. */
export const reminded = (space_id: string, reminder: Reminded['reminder']): CustomEvent<Reminded> =>
  new CustomEvent(REMINDED, { detail: { space_id, reminder }, bubbles: true, composed: true });
