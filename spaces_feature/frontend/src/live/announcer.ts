/** Two live regions at the end of the page, and the words that go into them. */

const REGIONS = { polite: 'spaces-announce', assertive: 'spaces-announce-now' } as const;

/** Regions must stand in the page before they speak: call it at the start and after the host swapped the page. */
export function prepareAnnouncer(): void {
  for (const [politeness, id] of Object.entries(REGIONS)) {
    if (document.getElementById(id)) continue;
    const region = document.createElement('div');
    region.id = id;
    region.setAttribute('aria-live', politeness);
    Object.assign(region.style, {
      position: 'fixed',
      inlineSize: '1px',
      blockSize: '1px',
      overflow: 'hidden',
      clipPath: 'inset(50%)',
      whiteSpace: 'nowrap',
    });
    document.body.append(region);
  }
}

export function announce(text: string, assertive = false): void {
  prepareAnnouncer();
  const region = document.getElementById(assertive ? REGIONS.assertive : REGIONS.polite)!;
  region.textContent = '';
  // The same words twice are news only if the region was empty in between.
  setTimeout(() => (region.textContent = text), 50);
}
