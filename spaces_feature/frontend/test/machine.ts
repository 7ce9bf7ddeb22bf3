/** The connection's state machine, driven step by step. */

import assert from 'node:assert/strict';
import type { JoinGrant } from '../src/core/api';
import { reduce } from '../src/core/connection';
import { IDLE, STEADY, type ConnectionEvent, type ConnectionState, type Effect } from '../src/core/connection-state';
import { grant, problem } from './builders';

export const START = 1_000_000;

/** A connection's machine at one moment, with the effects of its last step. */
export class Machine {
  effects: Effect[] = [];
  constructor(
    readonly state: ConnectionState = IDLE,
    readonly now: number = START,
  ) {}

  after(event: ConnectionEvent, elapsed = 0, jitter = 0.5): Machine {
    const { state, effects } = reduce(this.state, event, this.now + elapsed, jitter);
    const next = new Machine(state, this.now + elapsed);
    next.effects = effects;
    return next;
  }

  get names(): string[] {
    return this.effects.map(({ type }) => type);
  }

  effect<Type extends Effect['type']>(type: Type): Extract<Effect, { type: Type }> {
    const found = this.effects.find((effect) => effect.type === type);
    assert.ok(found, `no ${type} among ${this.names.join(', ')}`);
    return found as Extract<Effect, { type: Type }>;
  }

  granted(version = 1): Machine {
    return this.answered(grant(version));
  }

  answered(answer: JoinGrant): Machine {
    return this.after({ type: 'granted', generation: this.state.generation, grant: answer });
  }

  refused(status: number, code: string, extra: object = {}, elapsed = 0): Machine {
    const refusal = { type: 'refused', generation: this.state.generation, problem: problem(status, code, extra) } as const;
    return this.after(refusal, elapsed);
  }

  connectedRoom(): Machine {
    return this.after({ type: 'room_connected', room: this.state.generation });
  }

  timer(isReceiving = false): Machine {
    return this.after({ type: 'timer', generation: this.state.generation, isReceiving });
  }

  lost(reason: 'removed' | 'room_deleted' | 'duplicate' | 'server_shutdown' | 'unknown', elapsed = STEADY): Machine {
    return this.after({ type: 'room_lost', room: this.state.room!, reason }, elapsed);
  }
}
