/** What a page says for the numbers of the product team: the funnel's first steps, and how well the sound came. */

export interface Measure {
  name: 'saw_strip' | 'opened' | 'heard' | 'connected' | 'connect_failed' | 'dropped';
  space_id?: string;
  /** Of `heard`: from the tap to the first sound. Left out where there is no such time, say while nobody's microphone is open. */
  seconds?: number;
  as?: 'speaker' | 'listener';
}
