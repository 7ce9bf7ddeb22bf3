/** A moment in parts, as the reader's own clock and calendar show it; in English, as every sentence of ours. */

export interface DayAndTime {
  /** "Tue" */
  weekday: string;
  /** "24" */
  day: string;
  /** "Nov" */
  month: string;
  /** "Tuesday 24 November" */
  date: string;
  /** "19:30" */
  time: string;
}

/** Null for what is no moment. `zone` is the browser's own unless given. */
export function dayAndTime(moment: string, zone?: string): DayAndTime | null {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return null;
  const show = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone }).format(at);
  const day = show({ day: 'numeric' });
  return {
    weekday: show({ weekday: 'short' }),
    day,
    month: show({ month: 'short' }),
    date: `${show({ weekday: 'long' })} ${day} ${show({ month: 'long' })}`,
    time: show({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  };
}
