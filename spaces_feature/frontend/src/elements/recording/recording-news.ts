/**
 * What is told aloud of a recording as it begins, breaks off and stops, and whether the ears hear a cue with it. It
 * remembers what this page was told, so that a pause is no end and its end no beginning.
 */

import type { RecordingWords } from '../../core/recording-words';
import type { Snapshot } from '../../core/types';
import { asksTitle, questionOf } from './recording-law';

export type Cue = 'begins' | 'stops';

export interface RecordingNews {
  /** Sentences, in order. */
  says: string[];
  cue: Cue | null;
}

export class RecordingTeller {
  private space_id = '';
  /** The member knows that the Space is recorded, even while that is paused. */
  private isKnown = false;
  private before: Snapshot['space']['recording'] = 'off';
  private wasAsked = false;

  /** What is new in `snapshot` since the last one; nothing where there is none. `someHost` stands for a host who is gone. */
  hear(snapshot: Snapshot | null, w: RecordingWords, someHost: string): RecordingNews {
    const space = snapshot?.space;
    if (!space || space.state !== 'live') return { says: [], cue: null };
    const isFirst = space.id !== this.space_id;
    if (isFirst) Object.assign(this, { space_id: space.id, isKnown: false, before: 'off', wasAsked: false });
    const says: string[] = [];
    const cue = this.change(space.recording, isFirst, w, says);
    const { consent } = snapshot.me;
    const isAsked = consent?.state === 'asked';
    if (isAsked && !this.wasAsked) says.push(`${asksTitle(snapshot, consent, w, someHost)}. ${questionOf(consent)}`);
    this.wasAsked = isAsked;
    return { says, cue };
  }

  private change(now: Snapshot['space']['recording'], isFirst: boolean, w: RecordingWords, says: string[]): Cue | null {
    const { before, isKnown } = this;
    this.before = now;
    if (now === before) return null;
    if (now === 'on') {
      this.isKnown = true;
      says.push(isKnown ? w.goesOn : w.isOn);
      // Who comes in later was told at the door.
      return isKnown || isFirst ? null : 'begins';
    }
    if (now === 'interrupted') {
      this.isKnown ||= isFirst || before === 'on';
      says.push(w.isPaused);
    }
    if (now !== 'off' || !isKnown) return null;
    this.isKnown = false;
    says.push(w.hasStopped);
    return 'stops';
  }
}
