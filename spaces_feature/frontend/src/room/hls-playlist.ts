/** The live playlist as text: waited for, and read for where its segments lie in time. */

/** Milliseconds between two looks for a first segment. */
const AGAIN = 500;
/** A playlist whose last sound is older than so many milliseconds is one that nobody writes any more. */
const STALE = 10_000;

/** Segments that are there before the first is played: as much as the ear stays behind the newest. */
export const AHEAD = 2;

/** One segment's number and when its first sound was made, milliseconds since the epoch. */
export interface Mark {
  number: number;
  at: number;
}

/** Resolves to the playlist once there is enough sound of now in it. Rejects when it is refused. */
export async function awaitPlaylist(address: () => string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const answer = await fetch(address(), { credentials: 'same-origin', cache: 'no-store', signal });
    const text = await answer.text();
    if (answer.ok && isPlayable(text, answer.headers.get('Date'))) return text;
    if (!answer.ok && answer.status < 500 && answer.status !== 404 && answer.status !== 429) throw new Error(`playlist: ${answer.status}`);
    await pause(AGAIN, signal);
  }
}

function isPlayable(text: string, date: string | null): boolean {
  if (segmentsOf(text).length < AHEAD) return false;
  const last = marksOf(text).pop();
  // Both times are the server's: what this machine takes for the time of day does not matter.
  return last === undefined || date === null || Date.parse(date) - last.at <= STALE;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, ms);
    signal.addEventListener('abort', () => reject(new Error('dropped')), { once: true });
  });
}

const segmentsOf = (text: string): string[] => text.split(/\r?\n/).filter((line) => numberOf(line) !== null);

/** The number of a segment's address; null of anything else. */
export function numberOf(line: string): number | null {
  const found = /^[^#]*?(\d+)\w?\.m4s/.exec(line)?.[1];
  return found === undefined ? null : Number(found);
}

/** The segments that say when they were made. */
export function marksOf(text: string): Mark[] {
  const marks: Mark[] = [];
  let at = NaN;
  for (const line of text.split(/\r?\n/)) {
    const said = /^#EXT-X-PROGRAM-DATE-TIME:(.+)/.exec(line)?.[1];
    if (said) at = Date.parse(said);
    const number = numberOf(line);
    if (number === null) continue;
    if (!Number.isNaN(at)) marks.push({ number, at });
    at = NaN;
  }
  return marks;
}

/** Milliseconds of sound before a segment: it begins with the first AAC frame of its second. */
const startOf = (number: number): number => (Math.ceil((number * 48_000) / 1024) * 1024) / 48;

/** Which segment was made at a moment, and how many milliseconds of it before. */
export function segmentAt(moment: number, mark: Mark): { number: number; into_ms: number } {
  const since = moment - mark.at + startOf(mark.number);
  const second = Math.floor(since / 1000);
  const number = startOf(second) > since ? second - 1 : second;
  return { number, into_ms: since - startOf(number) };
}

export const fileOf = (number: number): string => `${String(number).padStart(8, '0')}.m4s`;
