/** What a member may tell the host app's team. */

export const REPORT_CATEGORIES = [
  'harassment', 'hate', 'violence', 'self_harm', 'sexual', 'minors', 'spam', 'impersonation', 'illegal', 'other',
] as const;

export interface Report {
  /** Absent when the Space as a whole is meant. */
  user_id?: string;
  category: (typeof REPORT_CATEGORIES)[number];
  words?: string;
}
