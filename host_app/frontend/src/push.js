/** Web Push in the settings: asking this browser for notices, or doing without them. */
import { call } from './api.js';
import { say } from './say.js';

const WORKER = '/push-worker.js';

/** `PushSubscription` of this browser, null without one. */
async function mine() {
  const registration = await navigator.serviceWorker.getRegistration('/');
  return (await registration?.pushManager.getSubscription()) ?? null;
}

async function begin(key) {
  const registration = await navigator.serviceWorker.register(WORKER);
  await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  try {
    await call('PUT', '/push/subscription', subscription.toJSON());
  } catch (problem) {
    await subscription.unsubscribe();
    throw problem;
  }
}

async function end() {
  const subscription = await mine();
  if (!subscription) return;
  await call('DELETE', '/push/subscription', { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}

async function draw(section) {
  const isOn = Notification.permission === 'granted' && (await mine()) !== null;
  section.dataset.state = Notification.permission === 'denied' ? 'denied' : isOn ? 'on' : 'off';
  for (const part of section.querySelectorAll('[data-when]')) part.hidden = part.dataset.when !== section.dataset.state;
  section.hidden = false;
}

async function attend() {
  const section = document.querySelector('[data-push-key]');
  if (!section || !('PushManager' in window) || !('serviceWorker' in navigator)) return;
  await draw(section);
  section.addEventListener('click', async ({ target }) => {
    const button = target.closest('button');
    if (!button) return;
    button.disabled = true;
    try {
      await (section.dataset.state === 'on' ? end() : begin(section.dataset.pushKey));
    } catch {
      say('This browser did not take part. Try again in a moment.');
    } finally {
      button.disabled = false;
      await draw(section);
    }
  });
}

document.addEventListener('turbo:load', () => void attend());

// Whoever signs out here is told nothing here any more.
document.addEventListener('submit', ({ target }) => {
  if (target instanceof HTMLFormElement && target.action.endsWith('/logout') && 'serviceWorker' in navigator)
    void mine().then((subscription) => subscription?.unsubscribe()).catch(() => undefined);
});
