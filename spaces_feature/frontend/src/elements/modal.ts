/** Opens a native dialog the way its place asks for, and keeps it so while the window changes. */

export const narrow = matchMedia('(width < 600px)');

/** Modal where it covers the page, beside it otherwise. Showing it again in the same way changes nothing. */
export function present(dialog: HTMLDialogElement, modal: boolean): void {
  if (dialog.open && dialog.matches(':modal') === modal) return;
  if (dialog.open) dialog.close();
  if (modal) dialog.showModal();
  else dialog.show();
}

/** Whether the press began and ended outside of the dialog's box: a tap on the scrim. */
export function isOutside(dialog: HTMLDialogElement, event: MouseEvent): boolean {
  if (event.target !== dialog) return false;
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

/** What has the focus, through every shadow root. */
export function focused(): HTMLElement | null {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found as HTMLElement | null;
}

/** Whether the focus is inside, through every shadow root; `:focus-within` misses modal dialogs in some browsers. */
export function holdsFocus(container: Element | undefined): boolean {
  let at: Node | null = focused();
  while (at && at !== container) at = at.parentNode ?? (at as Partial<ShadowRoot>).host ?? null;
  return at !== null && at === container;
}
