/**
 * Who is heard talking though the SFU has not said so: it tells changes only, and whoever comes in the middle of a
 * sentence missed the last one.
 */

export interface Overheard {
  readonly identities: string[];
  stop(): void;
}

/** Milliseconds between two looks. */
const INTERVAL = 250;
/** Amplitude from which somebody talks: -35 dBFS, as at the SFU. */
const AUDIBLE = 0.018;
/** Silent looks that a pause between two words may have. */
const PATIENCE = 3;

/** `amplitudes` are those of the voices that the SFU has not told about, by identity; `changed` follows each change. */
export function overhear(amplitudes: () => Promise<Map<string, number>>, changed: () => void): Overheard {
  /** Looks until somebody counts as silent. */
  let patience = new Map<string, number>();

  async function look(): Promise<void> {
    const next = new Map<string, number>();
    for (const [identity, amplitude] of await amplitudes()) {
      const left = amplitude >= AUDIBLE ? PATIENCE : (patience.get(identity) ?? 0) - 1;
      if (left > 0) next.set(identity, left);
    }
    const isSame = next.size === patience.size && [...next.keys()].every((identity) => patience.has(identity));
    patience = next;
    if (!isSame) changed();
  }

  const timer = setInterval(() => void look().catch(() => undefined), INTERVAL);
  return {
    get identities() {
      return [...patience.keys()];
    },
    stop: () => clearInterval(timer),
  };
}
