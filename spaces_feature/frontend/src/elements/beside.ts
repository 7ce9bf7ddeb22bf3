/** The strip ends where the open room begins: on a wide screen the room stands over the strip's own end. */

const WIDE = 1024;
const GAP = 16;

/** Follows the room as the dock opens and folds it; returns how to stop. */
export function endBesideRoom(strip: HTMLElement): () => void {
  const dock = document.querySelector('spaces-dock')?.shadowRoot;
  if (!dock) return () => undefined;

  const measure = () => {
    const room = dock.querySelector('spaces-panel')?.shadowRoot?.querySelector('.panel[open]:not(.small)');
    const [own, other] = [strip.getBoundingClientRect(), room?.getBoundingClientRect()];
    const isRtl = strip.matches(':dir(rtl)');
    const covered = other && innerWidth >= WIDE ? (isRtl ? other.right - own.left : own.right - other.left) + GAP : 0;
    strip.style.setProperty('--spaces-strip-end', `${Math.max(0, covered)}px`);
  };

  // The room draws itself a moment after the dock has put it there.
  const changes = new MutationObserver(() => requestAnimationFrame(measure));
  changes.observe(dock, { childList: true, subtree: true });
  const sizes = new ResizeObserver(measure);
  sizes.observe(strip);
  return () => {
    changes.disconnect();
    sizes.disconnect();
  };
}
