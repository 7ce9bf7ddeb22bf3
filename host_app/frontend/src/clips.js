/** A clip that a member shares becomes a post of theirs: the sheet of Spaces asks, Plaza answers. */
import { visit } from '@hotwired/turbo';
import { call } from './api.js';
import { say } from './say.js';

document.addEventListener('spaces-clip-shared', ({ detail }) => detail.waitUntil(post(detail)));

async function post({ clip, words }) {
  const { url } = await call('POST', '/posts/clips', { clip_id: clip.id, text: words });
  say('Your clip is posted.');
  // Where somebody reads or writes something else, nothing moves.
  if (location.pathname === '/') visit('/', { action: 'replace' });
  return url;
}
