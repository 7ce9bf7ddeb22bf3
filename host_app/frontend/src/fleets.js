/**
 * `<plaza-fleet>`: one fleet after the other, by time, tap, key or hold. Every step is a link on the page, so all of this
 * only chooses when to follow one; without script the links do it alone.
 */
import { visit } from '@hotwired/turbo';

const reduced = matchMedia('(prefers-reduced-motion: reduce)');
/** A press this long holds the fleet still and is no tap; in ms. */
const HOLD = 250;
/** A fleet with words waits a little longer for those who read; in ms. */
const SHORTEST = 6000;
const PER_LETTER = 45;

/** Whether the viewer pressed pause; it stays so from one fleet to the next. */
let isPaused = false;
/** Whether the page before the fleets is one step back in the history. */
let cameByStep = document.referrer.startsWith(`${location.origin}/`);

document.addEventListener('turbo:before-visit', () => {
  if (!document.querySelector('plaza-fleet')) cameByStep = true;
});

class PlazaFleet extends HTMLElement {
  connectedCallback() {
    this.gone = new AbortController();
    this.reasons = new Set();
    const { signal } = this.gone;
    this.card = this.querySelector('.fleet');
    this.pause = this.querySelector('[data-pause]');
    const on = (target, types, listener, options) => {
      for (const type of types.split(' ')) target.addEventListener(type, listener, { signal, ...options });
    };
    on(document, 'keydown', (event) => this.key(event));
    on(document, 'visibilitychange', () => this.wait('hidden', document.hidden));
    on(this, 'click', (event) => this.click(event), { capture: true });
    on(this, 'pointerdown', (event) => this.press(event));
    on(window, 'pointerup pointercancel', () => this.wait('held', false));
    on(this, 'contextmenu', (event) => event.target.closest('.fleet-half') && event.preventDefault());
    on(this, 'toggle', () => this.wait('menu', !!this.querySelector('details[open]')), { capture: true });
    on(this, 'focusin focusout', () => this.wait('writing', this.querySelector('.fleet-field')?.matches(':focus-within')));
    on(this, 'turbo:submit-end', ({ target, detail }) => this.sent(target, detail.success));
    on(this, 'animationend', (event) => event.animationName === 'fleet-runs' && this.step('after'));
    this.querySelector('.fleet-half.after').dataset.close = this.dataset.after ? '' : 'yes';
    this.begin();
  }

  disconnectedCallback() {
    clearTimeout(this.end);
    this.gone.abort();
  }

  begin() {
    const left = Date.parse(this.dataset.goneAt) - Date.now();
    if (left <= 0) return this.close();
    // A page that stays open does not keep what is gone.
    this.end = setTimeout(() => this.close(), left);
    this.pause.hidden = reduced.matches;
    this.show();
    if (this.dataset.seen) this.note();
    const letters = this.querySelector('.fleet-words')?.textContent.length ?? 0;
    this.style.setProperty('--fleet-time', `${SHORTEST + letters * PER_LETTER}ms`);
    this.wait('hidden', document.hidden);
    const picture = this.querySelector('.fleet-picture');
    if (picture && !picture.complete) {
      this.wait('loading', true);
      for (const type of ['load', 'error']) picture.addEventListener(type, () => this.wait('loading', false), { once: true });
    }
    if (!reduced.matches) this.toggleAttribute('data-runs', true);
    // What is read out is the fleet, not the page that came with it.
    if (document.activeElement === document.body || !document.activeElement) this.card.focus({ preventScroll: true });
  }

  note() {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    fetch(this.dataset.seen, { method: 'POST', headers: { 'X-CSRFToken': token } }).catch(() => undefined);
  }

  wait(reason, isSo) {
    if (isSo) this.reasons.add(reason);
    else this.reasons.delete(reason);
    this.show();
  }

  show() {
    this.toggleAttribute('data-waits', isPaused || this.reasons.size > 0);
    this.pause.setAttribute('aria-pressed', String(isPaused));
  }

  press(event) {
    if (!event.target.closest('.fleet-half')) return;
    this.pressedAt = event.timeStamp;
    this.wait('held', true);
  }

  click(event) {
    if (event.target.closest('[data-pause]')) return this.toggle();
    const join = event.target.closest('[data-spaces-join]');
    if (join) this.wait('joining', true);
    const half = event.target.closest('.fleet-half');
    if (half && event.detail && event.timeStamp - this.pressedAt > HOLD) return event.preventDefault();
    if (event.target.closest('.fleet-close') || half?.dataset.close) {
      event.preventDefault();
      this.close();
    }
  }

  toggle() {
    isPaused = !isPaused;
    this.show();
  }

  key(event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const isElsewhere = event.target.closest?.('input, select, textarea, dialog, spaces-join, spaces-dock');
    if (event.key === 'Escape') {
      if (isElsewhere?.matches('dialog, spaces-join, spaces-dock') || document.querySelector('spaces-join')) return;
      const open = this.querySelector('details[open]');
      if (open) {
        open.open = false;
        open.querySelector('summary').focus();
      } else this.close();
    } else if (isElsewhere) return;
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const isOn = (event.key === 'ArrowRight') === (document.dir !== 'rtl');
      this.step(isOn ? 'after' : 'before');
    } else if (event.key === ' ' && !event.target.closest?.('button, a, summary')) this.toggle();
    else return;
    event.preventDefault();
  }

  step(side) {
    const href = this.dataset[side];
    if (href) visit(href, { action: 'replace' });
    else if (side === 'after') this.close();
  }

  close() {
    if (this.gone.signal.aborted) return;
    isPaused = false;
    if (cameByStep && history.length > 1) history.back();
    else visit(this.dataset.back, { action: 'replace' });
  }

  sent(form, isGood) {
    if (!isGood) return;
    for (const open of this.querySelectorAll('details[open]')) open.open = false;
    if (!form.matches('.fleet-reply')) return;
    form.reset();
    form.querySelector('input[name="text"]').blur();
  }
}

customElements.define('plaza-fleet', PlazaFleet);

/** `<plaza-compose>`: shows a fleet while it is made, and refuses a picture that is too large before it travels. */
class PlazaCompose extends HTMLElement {
  connectedCallback() {
    this.card = this.querySelector('[data-preview]');
    this.addEventListener('input', () => this.show());
    this.addEventListener('change', (event) => event.target.type === 'file' && this.look(event.target));
    this.show();
  }

  show() {
    const form = this.querySelector('form');
    const text = form.elements.text.value.trim();
    const [first, ...rest] = text.split('\n');
    const words = this.card.querySelector('.fleet-words');
    words.querySelector('.first').textContent = first;
    words.querySelector('.rest').textContent = rest.join('\n').trim();
    words.classList.toggle('long', text.length > 140);
    words.classList.toggle('middling', text.length > 70 && text.length <= 140);
    for (const { value } of form.elements.color) this.card.classList.toggle(`fleet-${value}`, value === form.elements.color.value);
  }

  look(input) {
    const problem = this.querySelector('[data-problem]');
    const file = input.files[0];
    const isTooLarge = file && file.size > Number(this.dataset.largest);
    problem.hidden = !isTooLarge;
    problem.textContent = isTooLarge ? this.dataset.tooLarge : '';
    if (isTooLarge) input.value = '';
    const picture = this.card.querySelector('.fleet-picture');
    const show = (url) => {
      picture.hidden = !url;
      this.card.classList.toggle('has-picture', !!url);
      if (url) picture.src = url;
      else picture.removeAttribute('src');
    };
    if (!file || isTooLarge) return show('');
    // The page's policy takes pictures from here and from data, and from nowhere else.
    const reader = new FileReader();
    reader.onload = () => show(reader.result);
    reader.readAsDataURL(file);
  }
}

customElements.define('plaza-compose', PlazaCompose);
