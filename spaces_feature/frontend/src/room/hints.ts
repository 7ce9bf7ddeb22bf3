/** Tells the server whether the own microphone is open and talking: at most twice a second, the last word always. */

export interface Hint {
  is_open: boolean;
  is_talking: boolean;
}

export interface Hints {
  /** Null: nothing to tell, not on stage. */
  set(hint: Hint | null): void;
}

/** Milliseconds between two hints. */
const PACE = 500;

export function createHints(send: (hint: Hint) => Promise<void>): Hints {
  let wanted: Hint | null = null;
  let told: Hint | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const isTold = () =>
    wanted === null || (wanted.is_open === told?.is_open && wanted.is_talking === told.is_talking);

  function tell(): void {
    timer = undefined;
    if (isTold()) return;
    told = wanted!;
    timer = setTimeout(tell, PACE);
    // The server corrects a lost hint from the SFU's own list.
    send(told).catch(() => undefined);
  }

  return {
    set(hint) {
      wanted = hint;
      if (hint === null) told = null;
      if (timer === undefined) tell();
    },
  };
}
