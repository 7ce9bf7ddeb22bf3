/** `<plaza-bell user-id>`: of which of a member's Spaces one is told. Drawn by the server, alive with script. */
import { call } from './api.js';
import { say } from './say.js';

class PlazaBell extends HTMLElement {
  async connectedCallback() {
    this.addEventListener('change', this);
    this.addEventListener('keydown', this);
    this.addEventListener('focusout', this);
    try {
      this.show((await call('GET', this.path)).level);
      this.hidden = false;
    } catch {
      // Without an answer there is no bell.
    }
  }

  get path() {
    return `/spaces/api/v1/bells/${this.getAttribute('user-id')}`;
  }

  get details() {
    return this.querySelector('details');
  }

  handleEvent(event) {
    if (event.type === 'change') void this.choose(event.target.value);
    else if (event.type === 'keydown' && event.key === 'Escape') this.fold(true);
    else if (event.type === 'focusout' && event.relatedTarget && !this.contains(event.relatedTarget)) this.fold(false);
  }

  fold(keepsFocus) {
    this.details.open = false;
    if (keepsFocus) this.querySelector('summary').focus();
  }

  async choose(level) {
    const before = this.dataset.level;
    this.show(level);
    try {
      this.show((await call('PUT', this.path, { level })).level);
    } catch {
      this.show(before);
      say('That did not work. Try again in a moment.');
    }
  }

  show(level) {
    this.dataset.level = level;
    for (const choice of this.querySelectorAll('input')) {
      choice.checked = choice.value === level;
      if (choice.checked) {
        const summary = this.querySelector('summary');
        summary.setAttribute('aria-label', `${summary.dataset.label}: ${choice.dataset.label}`);
      }
    }
  }
}

customElements.define('plaza-bell', PlazaBell);

// A tap elsewhere folds it away.
document.addEventListener('click', ({ target }) => {
  for (const bell of document.querySelectorAll('plaza-bell')) if (!bell.contains(target)) bell.details.open = false;
});
