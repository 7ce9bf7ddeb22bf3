/** How long sound that stopped coming is waited for: less and less often, and at once when the network is back. */

/** Milliseconds before each try; a minute and a half in all. */
export const PAUSES = [0, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000, 15_000, 15_000];

/** Milliseconds of silence after which it is said that the sound is waited for. */
export const SLOW = 6000;

/** Resolves after so many milliseconds, or when the browser says that there is a network again. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    globalThis.addEventListener?.('online', go);
  });
}
