/** Keeps the screen on for who is on stage: a locked phone takes the microphone away. */

export interface WakeLock {
  set(wanted: boolean): void;
}

export function createWakeLock(): WakeLock {
  let isWanted = false;
  let held: WakeLockSentinel | null = null;
  let isAsking = false;

  async function apply(): Promise<void> {
    if (isAsking || !('wakeLock' in navigator)) return;
    isAsking = true;
    try {
      if (isWanted && (!held || held.released) && document.visibilityState === 'visible') {
        held = await navigator.wakeLock.request('screen');
      } else if (!isWanted && held) {
        await held.release();
        held = null;
      }
    } catch {
      // Battery saver, or a hidden page: speaking goes on without.
    } finally {
      isAsking = false;
    }
  }

  // The system takes the lock away with the page and does not give it back by itself.
  document.addEventListener('visibilitychange', () => void apply());
  return {
    set(wanted) {
      if (wanted === isWanted) return;
      isWanted = wanted;
      void apply();
    },
  };
}
