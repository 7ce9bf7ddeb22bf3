/** Plaza's service worker: shows a notice that came by Web Push, and opens it. It keeps no pages. */

self.addEventListener('push', (event) => {
  let notice = {};
  try {
    notice = event.data.json();
  } catch {
    // A browser must show something for each message; the inbox has the rest.
  }
  const { title = 'Something new in your inbox', url = '/inbox', tag } = notice;
  event.waitUntil(self.registration.showNotification(title, { tag, icon: '/static/icon.svg', data: { url } }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? '/inbox', self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(open(url.href));
});

async function open(href) {
  const pages = await self.clients.matchAll({ type: 'window' });
  const page = pages.find((one) => one.focused) ?? pages[0];
  if (!page) return self.clients.openWindow(href);
  await page.focus();
  // A page that this worker does not control cannot be sent elsewhere.
  return page.navigate(href).catch(() => self.clients.openWindow(href));
}
