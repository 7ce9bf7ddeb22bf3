/**
 * Reads JSON lines `{snapshot, events}` and writes, for each, the copy after the events as a JSON line, or "stale".
 * The server's tests compare it with their own reducer.
 */

import { createInterface } from 'node:readline';
import { applyEvent } from './replica';
import type { Snapshot, SpaceEvent } from './types';

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  let { snapshot, events } = JSON.parse(line) as { snapshot: Snapshot; events: SpaceEvent[] };
  let isStale = false;
  for (const event of events) {
    const applied = applyEvent(snapshot, event);
    if (applied.kind === 'stale') {
      isStale = true;
      break;
    }
    snapshot = applied.snapshot;
  }
  process.stdout.write(`${JSON.stringify(isStale ? 'stale' : snapshot)}\n`);
}
