/** What happens to the page and its network, told to the connection. */

import { isActive } from '../core/connection-state';
import type { Driver } from './driver';

export interface PageParts {
  saveIntent(space_id: string): void;
  /** Whether the member is being heard: then leaving the page is asked first. */
  isOnAir(): boolean;
}

export function listenToPage(driver: Driver, { saveIntent, isOnAir }: PageParts): void {
  const place = () => (isActive(driver.state) ? driver.state.space_id : null);

  addEventListener('online', () => driver.dispatch({ type: 'online' }));
  addEventListener('offline', () => driver.dispatch({ type: 'offline' }));
  if (navigator.onLine === false) driver.dispatch({ type: 'offline' });

  addEventListener('beforeunload', (event) => {
    if (isOnAir()) event.preventDefault();
  });
  addEventListener('pagehide', () => {
    const space_id = place();
    if (space_id !== null) saveIntent(space_id);
    driver.suspend();
  });
  addEventListener('pageshow', ({ persisted }) => {
    const space_id = place();
    if (persisted && space_id !== null) driver.dispatch({ type: 'restore', space_id });
  });

  // Some browsers keep sound that arrived in the background silent until it is asked for again.
  document.addEventListener('visibilitychange', () => {
    const isPlaying = driver.transport !== null && !driver.state.isSoundBlocked;
    if (document.visibilityState === 'visible' && isPlaying) driver.startAudio().catch(() => undefined);
  });
}
