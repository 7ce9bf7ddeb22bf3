/**
 * The number beside the inbox. It comes with each page, then by Plaza's own socket; without one it is asked for.
 * Spaces find this Socket.IO client in the page and speak over the same connection.
 */
import { io } from 'socket.io-client';
import { call } from './api.js';

/** Milliseconds between two questions while no socket is open. */
const PAUSE = 60_000;
/** The badge says no more than this. */
const MOST = 99;

globalThis.io ??= io;

const listeners = new Set();
let socket = null;

/** Calls `listener` whenever something came into the inbox. */
export function onInbox(listener) {
  listeners.add(listener);
}

function badges() {
  return [...document.querySelectorAll('[data-unread]')];
}

function shown() {
  return Number(badges()[0]?.dataset.unread ?? 0);
}

function show(unread) {
  const before = shown();
  const words = unread > MOST ? `${MOST}+` : `${unread}`;
  for (const badge of badges()) {
    badge.dataset.unread = `${unread}`;
    badge.textContent = words;
    badge.hidden = unread === 0;
    badge.closest('a')?.setAttribute('aria-label', unread ? `Inbox, ${words} unread` : 'Inbox');
  }
  if (unread <= before) return;
  const status = document.querySelector('[data-inbox-status]');
  if (status) status.textContent = `${words} unread in your inbox.`;
  // A list that somebody reads does not move by itself.
  for (const more of document.querySelectorAll('[data-inbox-more]')) more.hidden = false;
  for (const listener of listeners) listener();
}

async function ask() {
  try {
    show((await call('GET', '/inbox/badge')).unread);
  } catch {
    // The next question may be answered.
  }
}

/** Opens the socket of a member's page, and closes it on a page that is nobody's. */
function attend() {
  const isMine = badges().length > 0;
  if (isMine && !socket) {
    socket = io('/plaza');
    socket.on('inbox', ({ unread }) => show(unread));
    // What came before the line was up came to nobody.
    socket.on('connect', ask);
  } else if (!isMine && socket) {
    socket.disconnect();
    socket = null;
  }
}

document.addEventListener('turbo:load', attend);
setInterval(() => {
  if (badges().length && !socket?.connected && !document.hidden) void ask();
}, PAUSE);
document.addEventListener('visibilitychange', () => {
  if (badges().length && !socket?.connected && !document.hidden) void ask();
});
