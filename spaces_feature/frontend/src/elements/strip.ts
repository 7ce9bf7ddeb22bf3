/**
 * `<spaces-strip>`: the bar of live Spaces and of the host's own items. It takes over what the server wrote and keeps it
 * fresh.
 *
 * @element spaces-strip
 */

import type { StripEntry } from '../core/types';
import { pageDeps } from './context';
import { fleetEntry, liveEntry, ownEntry } from './entry';
import { isStill, slide } from './room/slide';

const STOPS = '.spaces-entry, .spaces-own';
const LEAVE_MS = 120;
const ENTER_MS = 320;

export class SpacesStrip extends HTMLElement {
  private unsubscribe: (() => void)[] = [];
  private resize = new ResizeObserver(() => this.markOverflow());

  connectedCallback(): void {
    const list = this.list();
    list.addEventListener('scroll', this.markOverflow, { passive: true });
    list.addEventListener('keydown', this.move);
    list.addEventListener('focusin', this.rove);
    document.addEventListener('visibilitychange', this.rest);
    this.addArrows();
    this.resize.observe(list);
    const { strip, session } = pageDeps();
    this.unsubscribe = [
      strip.subscribe(() => this.reconcile(this.list().childElementCount > 0)),
      session.subscribe(() => this.showOwnState()),
    ];
    // Where there is no dock yet, no room can stand over the strip.
    void customElements.whenDefined('spaces-dock').then(async () => {
      const { endBesideRoom } = await import('./beside');
      if (this.isConnected) this.unsubscribe.push(endBesideRoom(this));
    });
    this.reconcile(false);
    this.rest();
    this.rove();
    this.markOverflow();
  }

  disconnectedCallback(): void {
    for (const stop of this.unsubscribe) stop();
    this.resize.disconnect();
    document.removeEventListener('visibilitychange', this.rest);
  }

  private list(): HTMLElement {
    let list = this.querySelector<HTMLElement>('.spaces-strip__list');
    if (!list) {
      list = document.createElement('ul');
      list.className = 'spaces-strip__list';
      list.setAttribute('role', 'list');
      list.setAttribute('aria-label', pageDeps().words.strip);
      this.prepend(list);
    }
    return list;
  }

  /** Until the first answer the server's own entries are the truth. */
  private reconcile(animated: boolean): void {
    if (!pageDeps().strip.isAnswered()) return;
    const list = this.list();
    const wanted = this.wanted();
    const focused = list.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
    const present = new Map<string, HTMLElement>();
    for (const item of list.querySelectorAll<HTMLElement>(':scope > [data-key]')) {
      const key = item.dataset['key'] ?? '';
      if (wanted.has(key)) present.set(key, item);
      else this.takeAway(item, animated);
    }
    let before: Element | null = null;
    for (const [key, fresh] of wanted) {
      const item = present.get(key) ?? newItem(key);
      const known = item.isConnected;
      put(item, fresh);
      const place: Element | null = before ? before.nextElementSibling : list.firstElementChild;
      if (item !== place) list.insertBefore(item, place);
      if (!known && animated) slide(item, ENTER_MS, 'in', this.markOverflow);
      before = item;
    }
    // Who moves to another place loses the focus on the way.
    if (focused?.isConnected && !list.contains(document.activeElement)) focused.focus({ preventScroll: true });
    this.rove();
    this.markOverflow();
  }

  /** What the list is to show, by key and in order: the member's own place, their fleets, then everybody else's. */
  private wanted(): Map<string, HTMLElement> {
    const { strip, config, words } = pageDeps();
    const entries = strip.get();
    const me = config.me?.user_id;
    const ownLive = this.ownLive(entries);
    const wanted = new Map<string, HTMLElement>();
    const own = this.own(ownLive);
    if (own) wanted.set('own', own);
    const isOwn = ({ kind, people }: StripEntry) => kind === 'fleet' && me !== undefined && people[0]?.user_id === me;
    for (const entry of [...entries.filter(isOwn), ...entries.filter((entry) => !isOwn(entry))]) {
      const [author] = entry.people;
      if (entry.space) {
        if (entry.space.id !== ownLive?.space?.id) wanted.set(entry.space.id, liveEntry(entry, entry.space, config, words));
      } else if (author) wanted.set(`fleet-${author.user_id}`, fleetEntry(entry, author, isOwn(entry), words));
    }
    return wanted;
  }

  /** The member's own face follows the session at once, without waiting for the server's strip. */
  private showOwnState(): void {
    const item = this.querySelector<HTMLElement>('[data-key="own"]');
    const own = item && this.own(this.ownLive(pageDeps().strip.get()));
    if (item && own && put(item, own)) this.rove();
  }

  private own(live: StripEntry | null): HTMLElement | null {
    const { config, strip, words } = pageDeps();
    if (!config.me || strip.isOver() || (!live && !config.flags['spaces.host'])) return null;
    return ownEntry(config.me, live, config, words);
  }

  private ownLive(entries: StripEntry[]): StripEntry | null {
    const { snapshot, connection } = pageDeps().session.get();
    const here = snapshot?.space;
    const isOver = connection.kind === 'ended' || here?.state !== 'live';
    const own = entries.find(({ space, reason }) => space && reason?.code === 'own');
    if (here && !isOver && snapshot.me.role === 'host')
      return own?.space?.id === here.id ? own : { kind: 'space', space: here, people: [] };
    return own && !(isOver && own.space?.id === here?.id) ? own : null;
  }

  private takeAway(item: HTMLElement, animated: boolean): void {
    const neighbour = item.contains(document.activeElement) && stopOf(item.nextElementSibling ?? item.previousElementSibling);
    delete item.dataset['key'];
    item.inert = true;
    if (neighbour) neighbour.focus();
    if (!animated) return item.remove();
    slide(item, LEAVE_MS, 'out');
    setTimeout(() => {
      item.remove();
      this.markOverflow();
    }, LEAVE_MS);
  }

  private stops(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(STOPS)].filter((stop) => !stop.closest('[inert]'));
  }

  /** One tab stop: the entry that has or last had the focus. */
  private rove = (event?: Event): void => {
    const stops = this.stops();
    const focused = (event?.target as Element | undefined)?.closest<HTMLElement>(STOPS);
    const current = focused ?? stops.find((stop) => stop.tabIndex === 0 && stop.hasAttribute('tabindex')) ?? stops[0];
    for (const stop of stops) stop.tabIndex = stop === current ? 0 : -1;
  };

  private move = (event: KeyboardEvent): void => {
    const stops = this.stops();
    const at = stops.findIndex((stop) => stop === document.activeElement);
    const forward = this.matches(':dir(rtl)') ? 'ArrowLeft' : 'ArrowRight';
    const to =
      event.key === 'Home'
        ? 0
        : event.key === 'End'
          ? stops.length - 1
          : event.key === 'ArrowLeft' || event.key === 'ArrowRight'
            ? at + (event.key === forward ? 1 : -1)
            : -1;
    const next = stops[to];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  /** Nothing moves in a page that nobody sees. */
  private rest = (): void => {
    this.toggleAttribute('data-still', document.hidden);
  };

  private markOverflow = (): void => {
    const list = this.list();
    const hidden = list.scrollWidth - list.clientWidth;
    const passed = this.matches(':dir(rtl)') ? hidden + list.scrollLeft : list.scrollLeft;
    this.toggleAttribute('data-more-left', passed > 4);
    this.toggleAttribute('data-more-right', hidden - passed > 4);
  };

  /** For the mouse only: keys and touch have their own ways, so the arrows are no tab stops and have no name. */
  private addArrows(): void {
    if (this.querySelector('.spaces-strip__arrow')) return;
    for (const [side, sign] of [['left', -1], ['right', 1]] as const) {
      const arrow = document.createElement('button');
      arrow.type = 'button';
      arrow.tabIndex = -1;
      arrow.className = `spaces-strip__arrow spaces-strip__arrow--${side}`;
      arrow.setAttribute('aria-hidden', 'true');
      arrow.addEventListener('click', () => {
        const list = this.list();
        list.scrollBy({ left: sign * list.clientWidth * 0.8, behavior: isStill() ? 'auto' : 'smooth' });
      });
      this.append(arrow);
    }
  }
}

function newItem(key: string): HTMLElement {
  const item = document.createElement('li');
  item.className = 'spaces-strip__item';
  item.dataset['key'] = key;
  return item;
}

/** Puts `fresh` into the item unless it shows the same already. Returns whether something changed. */
function put(item: HTMLElement, fresh: HTMLElement): boolean {
  const shown = stopOf(item);
  const index = shown?.getAttribute('tabindex');
  if (index) fresh.setAttribute('tabindex', index);
  // A ring begins to move without a new picture.
  shown?.toggleAttribute('data-talking', fresh.hasAttribute('data-talking'));
  if (shown?.isEqualNode(fresh)) return false;
  const hadFocus = shown !== null && shown === document.activeElement;
  item.replaceChildren(fresh);
  if (hadFocus) fresh.focus({ preventScroll: true });
  return true;
}

const stopOf = (item: Element | null): HTMLElement | null => item?.querySelector<HTMLElement>(STOPS) ?? null;
