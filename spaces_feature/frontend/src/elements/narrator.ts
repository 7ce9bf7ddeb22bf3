/** Speaks for those who do not see: the member's own state at once, who is talking at most once in five seconds. */

import { hostOf } from '../core/seats';
import type { Role, SessionState, Snapshot } from '../core/types';
import { deps } from './context';
import { firstName } from './monogram';
import { playCue, prepareCue } from './cue';
import type { Place } from './place/place';
import { hostLostLine, hostLostTitle } from './place/place-law';
import { placeIn } from './recording/recording-law';
import { RecordingTeller } from './recording/recording-news';

const PAUSE_MS = 5000;
const ON_STAGE = new Set(['accepted', 'muted', 'unmuted', 'speaking', 'muted_by_host']);

export class Narrator {
  private said = '';
  private kind = '';
  private voice: string | undefined;
  private quietUntil = 0;
  private before: Snapshot | null = null;
  private readonly recording = new RecordingTeller();

  constructor() {
    prepareCue();
  }

  tell(place: Place | null, state: SessionState): void {
    const { announce } = deps();
    const says = this.saysOf(place);
    const isNews = place?.kind !== this.kind || (place?.kind === 'asked' && says !== this.said);
    this.kind = place?.kind ?? '';
    if (isNews) this.said = says;
    // In one breath: what comes into the region a moment later takes the place of what was said.
    const now = [isNews ? says : '', this.tellRoom(state.snapshot), ...this.tellRecording(state)].filter(Boolean);
    if (now.length) announce(now.join(' '), true);
    this.tellVoice(state);
  }

  private saysOf(place: Place | null): string {
    if (!place) return '';
    if (place.kind === 'listening' && ON_STAGE.has(this.kind)) return deps().words.movedToAudience;
    // The host is back, and that is what is told.
    return place.kind === 'listening' && this.kind === 'host_lost' ? '' : place.says;
  }

  /** What is kept of the Space, for eyes that do not see REC, and by a cue for every ear that hears the room. */
  private tellRecording(state: SessionState): string[] {
    const { recording, host } = deps().words;
    const { says, cue } = this.recording.hear(placeIn(state), recording, host);
    if (cue && state.connection.kind === 'connected') playCue(cue, says[0] ?? '', state.volume);
    return says;
  }

  /** What changed in the room that no state of the member's own shows; returns the member's own new role in words. */
  private tellRoom(snapshot: Snapshot | null): string {
    const { before } = this;
    this.before = snapshot;
    if (!snapshot || !before || before === snapshot || before.space.id !== snapshot.space.id) return '';
    const { announce, words } = deps();
    const role = snapshot.me.role !== before.me.role ? roleNews(snapshot.me.role, before.me.role) : '';
    const host = hostOf(snapshot);
    const line = hostLostLine(snapshot, Date.now(), words);
    const wasLost = before.space.host_lost !== null;
    if (line !== null && !wasLost) announce(`${hostLostTitle(snapshot, words)}. ${line}.`);
    else if (wasLost && !snapshot.space.host_lost && host && host.user_id === hostOf(before)?.user_id)
      announce(words.isBack(firstName(host.profile)));
    const known = new Set(before.stage.flatMap((seat) => (seat.is_blocked_by_me ? [seat.user_id] : [])));
    for (const { user_id, is_blocked_by_me, profile } of snapshot.stage)
      if (is_blocked_by_me && !known.has(user_id)) announce(words.blockedCameUp(firstName(profile)));
    return role && words[role];
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

/** A new role on stage, by hand-over or by being named; who comes up or goes down is told by the place. */
function roleNews(role: Role, before: Role): 'youAreHost' | 'youAreCohost' | 'youAreSpeaker' | '' {
  if (role === 'host') return 'youAreHost';
  if (role === 'cohost') return 'youAreCohost';
  return role === 'speaker' && before !== 'listener' ? 'youAreSpeaker' : '';
}
