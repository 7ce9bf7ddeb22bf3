/** Says that somebody opened a Space, to the part that counts; where that did not load, nothing is counted. */

const measuring = () => import('./measuring');

/** Loads the part that counts, which then hears of the member's sound as well. */
export const beginMeasuring = (): void => void measuring().catch(() => undefined);

export const tellOpened = (space_id: string): void =>
  void measuring().then(({ noteOpened }) => noteOpened(space_id), () => undefined);
