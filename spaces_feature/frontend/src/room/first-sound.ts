/** Waits for the first sound that really comes out. */

/** Milliseconds between two looks, and how many there are before they become seldom. */
const INTERVAL = 100;
const SOON = 100;
const SELDOM = 5;

/** Calls `played` once, when `isOut` first says that sound comes out. Returns how to stop waiting. */
export function awaitSound(isOut: () => Promise<boolean>, played: () => void): () => void {
  let looks = 0;
  let isOver = false;
  let isLooking = false;

  async function look(): Promise<void> {
    looks += 1;
    if (isLooking || (looks > SOON && looks % SELDOM)) return;
    isLooking = true;
    const found = await isOut().catch(() => false);
    isLooking = false;
    if (!found || isOver) return;
    stop();
    played();
  }

  const timer = setInterval(() => void look(), INTERVAL);
  function stop(): void {
    isOver = true;
    clearInterval(timer);
  }
  return stop;
}
