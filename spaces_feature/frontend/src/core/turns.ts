/** By which one thing that plays tells all others: an event on the document, `detail.by` is the media element that begins. */
export const PLAYS = 'spaces-plays';
