/** Plaza's own script: Turbo keeps the document alive between pages, and links to posts can be shared. */
import '@hotwired/turbo';
import './clips.js';
import './coming.js';
import './fleets.js';
import './inbox.js';
import './push.js';
import { say } from './say.js';

document.addEventListener('click', async (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-share]') : null;
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (navigator.share) {
    await navigator.share({ url: link.href }).catch(() => undefined);
    return;
  }
  try {
    await navigator.clipboard.writeText(link.href);
    say('Link copied.');
  } catch {
    // Without a clipboard the link itself is the way on.
    link.removeAttribute('data-share');
    link.click();
  }
});
