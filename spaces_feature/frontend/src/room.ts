/** The room bundle: loaded on hover, touch or tap, or where an intent waits. */

import type { Session } from './core/types';
import type { RoomContext } from './room/context';
import { openSegments } from './room/hls';
import { openLiveKit } from './room/livekit';
import { createSession } from './room/session';

export { controls } from './room/media-session';

let session: Session | null = null;

/** The one session of this document. It resumes at once what the page before was doing. */
export function openSession(context: RoomContext): Session {
  session ??= createSession({ ...context, transports: { rtc: openLiveKit, hls: openSegments } });
  return session;
}
