/** A few words at the foot of the page, for eyes and screen readers, that go away by themselves. */

let timer = 0;

export function say(words) {
  const status = document.querySelector('[data-status]');
  if (!status) return;
  status.textContent = words;
  status.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    status.hidden = true;
    status.textContent = '';
  }, 2500);
}
