/** A swipe down on `handle` pulls `sheet` along and calls `done` when it went far enough. */

const FAR_ENOUGH = 90;

export function swipeDown(event: PointerEvent, sheet: HTMLElement, done: () => void): void {
  const handle = event.currentTarget as HTMLElement;
  if (event.pointerType === 'mouse' || (event.target as Element).closest('button, a')) return;
  const start = event.clientY;
  let far = 0;
  const move = (moved: PointerEvent) => {
    far = Math.max(0, moved.clientY - start);
    sheet.style.translate = `0 ${far}px`;
  };
  const end = (ended: PointerEvent) => {
    handle.removeEventListener('pointermove', move);
    handle.removeEventListener('pointerup', end);
    handle.removeEventListener('pointercancel', end);
    sheet.style.translate = '';
    if (ended.type === 'pointerup' && far > FAR_ENOUGH) done();
  };
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', end);
  handle.addEventListener('pointercancel', end);
}
