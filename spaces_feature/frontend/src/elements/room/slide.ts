/** How entries of the strip come and go. */

const FADE_MS = 120;

/** Whether the member wants things to stand still. */
export const isStill = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Entries come by width and fade, and leave the same way; for whoever wants stillness they only fade. */
export function slide(item: HTMLElement, duration: number, way: 'in' | 'out', done?: () => void): void {
  const width = `${item.offsetWidth}px`;
  const none = { inlineSize: '0px', opacity: 0, marginInlineEnd: '-14px' };
  const full = { inlineSize: width, opacity: 1, marginInlineEnd: '0px' };
  const frames = isStill() ? [{ opacity: 0 }, { opacity: 1 }] : [none, full];
  item.dataset['moving'] = way;
  const motion = item.animate(way === 'in' ? frames : frames.reverse(), {
    duration: isStill() ? FADE_MS : duration,
    easing: way === 'in' ? 'cubic-bezier(.2,.8,.2,1)' : 'cubic-bezier(.4,0,1,1)',
    fill: way === 'out' ? 'forwards' : 'none',
  });
  motion.onfinish = () => {
    if (way === 'in') delete item.dataset['moving'];
    done?.();
  };
}
