/** Something counts as seen when it stayed in sight for a while. */

/** Returns how to say whether it is in sight; `seen` runs once it has been for `ms` milliseconds without a break. */
export function createDwell(ms: number, seen: () => void): (isInSight: boolean) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (isInSight) => {
    if (isInSight) {
      timer ??= setTimeout(seen, ms);
      return;
    }
    clearTimeout(timer);
    timer = undefined;
  };
}
