/** One question for all who want the same thing in the same moment. */

export interface Batching<Value> {
  /** How many ids one question may name. */
  most: number;
  /** Runs an action with the next picture that the page draws. */
  frame(action: () => void): unknown;
  fetch(ids: string[]): Promise<Record<string, Value>>;
  /** Called for each id that was asked for, with nothing where the answer holds nothing. */
  take(id: string, value: Value | undefined): void;
}

/**
 * Returns how to ask. A question that fails is not asked again, and an older question's answer is not taken over a newer
 * one's.
 */
export function createBatch<Value>({ most, frame, fetch, take }: Batching<Value>): (ids: Iterable<string>) => void {
  const wanted = new Set<string>();
  const newest = new Map<string, number>();
  let questions = 0;

  async function ask(ids: string[]): Promise<void> {
    const mine = (questions += 1);
    for (const id of ids) newest.set(id, mine);
    const found = await fetch(ids).catch(() => null);
    for (const id of ids) {
      if (newest.get(id) !== mine) continue;
      newest.delete(id);
      if (found) take(id, found[id]);
    }
  }

  return (ids) => {
    const isWaiting = wanted.size > 0;
    for (const id of ids) wanted.add(id);
    if (isWaiting || !wanted.size) return;
    frame(() => {
      const all = [...wanted];
      wanted.clear();
      for (let from = 0; from < all.length; from += most) void ask(all.slice(from, from + most));
    });
  };
}
