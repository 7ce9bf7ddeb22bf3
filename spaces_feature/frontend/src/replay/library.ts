/** What this page knows of recordings: each fetched once, by whoever asks first, and seen by all. */

import { asProblem } from '../elements/context';
import { createStore, type Writable } from '../core/store';
import type { Problem, Store } from '../core/types';
import { heardChapters } from './chapters';
import type { Recording, RecordingCalls } from './recording';

export interface Volume {
  recording: Recording | null;
  problem: Problem | null;
}

export interface Library {
  of(space_id: string): Store<Volume>;
  /** Asks again. Rejects with the problem, which the volume has too where there is nothing else to show. */
  load(space_id: string): Promise<Recording>;
  /** What a command answered. */
  put(recording: Recording): void;
}

/** Milliseconds before the next look at a recording that is not ready. */
const PATIENCE = 2500;

export function createLibrary(calls: Pick<RecordingCalls, 'get'>, later: (action: () => void, ms: number) => void = setTimeout): Library {
  const volumes = new Map<string, Writable<Volume>>();
  const underWay = new Map<string, Promise<Recording>>();

  function volume(space_id: string): Writable<Volume> {
    const known = volumes.get(space_id) ?? createStore<Volume>({ recording: null, problem: null });
    volumes.set(space_id, known);
    return known;
  }

  function put(recording: Recording): void {
    volume(recording.space_id).set({ recording: { ...recording, chapters: heardChapters(recording.chapters) }, problem: null });
    if (recording.state === 'recording') later(() => void load(recording.space_id).catch(() => undefined), PATIENCE);
  }

  function load(space_id: string): Promise<Recording> {
    const same = underWay.get(space_id);
    if (same) return same;
    const answer = calls.get(space_id).then(
      (recording) => {
        put(recording);
        return recording;
      },
      (error: unknown) => {
        const problem = asProblem(error);
        const { recording } = volume(space_id).get();
        // Gone for good: what was known of it is no longer true.
        const isGone = [403, 404, 410].includes(problem.status);
        volume(space_id).set({ recording: isGone ? null : recording, problem: isGone || !recording ? problem : null });
        throw problem;
      },
    );
    const forget = () => underWay.delete(space_id);
    answer.then(forget, forget);
    underWay.set(space_id, answer);
    return answer;
  }

  return { of: volume, load, put };
}
