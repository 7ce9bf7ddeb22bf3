/** `<spaces-when>` around a `<time>` that the server wrote in UTC: the same moment by the reader's own clock. */

import { dayAndTime } from './directory-times';

/** "Tuesday 24 November, 19:30"; with `short`, "Tue 24 Nov, 19:30". */
export function arrive(element: HTMLElement): void {
  const place = element.querySelector('time');
  const when = place && dayAndTime(place.dateTime);
  if (!when) return;
  const { weekday, day, date, month, time } = when;
  place.textContent = `${element.hasAttribute('short') ? `${weekday} ${day} ${month}` : date}, ${time}`;
}
