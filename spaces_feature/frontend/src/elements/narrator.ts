/** Speaks for those who do not see: the member's own state at once, who is talking at most once in five seconds. */

import type { SessionState } from '../core/types';
import { deps } from './context';
import { firstName } from './monogram';
import type { Place } from './place';

const PAUSE_MS = 5000;
const ON_STAGE = new Set(['accepted', 'muted', 'speaking', 'muted_by_host']);

export class Narrator {
  private said = '';
  private kind = '';
  private voice: string | undefined;
  private quietUntil = 0;

  tell(place: Place | null, state: SessionState): void {
    const { announce, words } = deps();
    const says = place?.kind === 'listening' && ON_STAGE.has(this.kind) ? words.movedToAudience : (place?.says ?? '');
    const isNews = place?.kind !== this.kind || (place?.kind === 'asked' && says !== this.said);
    this.kind = place?.kind ?? '';
    if (isNews && says) announce(says, true);
    if (isNews) this.said = says;
    this.tellVoice(state);
  }

  private tellVoice({ talking, snapshot, connection }: SessionState): void {
    const voice = talking[0];
    if (voice === this.voice || connection.kind !== 'connected') return;
    if (!voice || voice === snapshot?.me.user_id || performance.now() < this.quietUntil) return;
    const seat = snapshot?.stage.find(({ user_id }) => user_id === voice);
    if (!seat) return;
    this.voice = voice;
    this.quietUntil = performance.now() + PAUSE_MS;
    deps().announce(deps().words.isTalking(firstName(seat.profile)));
  }
}
