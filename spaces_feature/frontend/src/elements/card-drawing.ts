/**
 * The card of a Space as DOM, node for node what templates/spaces/_card.html writes. A chunk of its own: most cards
 * stay as the server wrote them.
 */

import bell from '@phosphor-icons/core/regular/bell.svg';
import bellOn from '@phosphor-icons/core/fill/bell-fill.svg';
import headphones from '@phosphor-icons/core/fill/headphones-fill.svg';
import { reminded } from '../core/reminded';
import type { ListedSpace } from '../core/types';
import type { CardNews } from '../live/card-store';
import { asProblem, pageDeps } from './context';
import { pageOf } from './entry';
import { bars, face, make } from './make';
import { cardWords as words } from './card-words';

const FACES = 4;

/** Puts what is known now into the card, unless it stands there already. */
export function drawCard(card: HTMLElement, news: CardNews): void {
  const shown = card.querySelector<HTMLElement>('.spaces-tile');
  const fresh = news === 'gone' ? gone() : news === 'over' ? over(shown) : tile(news);
  if (shown?.isEqualNode(fresh)) return;
  const focused = shown?.contains(document.activeElement) ? document.activeElement?.className : undefined;
  card.replaceChildren(fresh);
  if (focused !== undefined)
    ([...fresh.querySelectorAll<HTMLElement>('a, button')].find((one) => one.className === focused) ?? fresh.querySelector('a'))?.focus({
      preventScroll: true,
    });
}

/** Sets or takes back the reminder of the card's Space. */
export async function remind(card: HTMLElement, button: HTMLButtonElement): Promise<void> {
  const { api, announce, take } = pageDeps();
  const id = button.dataset['spacesRemind'] ?? '';
  const isSet = button.hasAttribute('data-on');
  if (button.getAttribute('aria-busy')) return;
  button.setAttribute('aria-busy', 'true');
  try {
    const snapshot = await (isSet ? api.forgetReminder(id) : api.remind(id, false));
    take(snapshot);
    button.replaceWith(reminder(id, !isSet));
    card.querySelector<HTMLElement>('[data-spaces-remind]')?.focus({ preventScroll: true });
    announce(isSet ? words.reminderIsOff : words.weTellYou);
    card.dispatchEvent(reminded(id, snapshot.me.reminder ?? null));
  } catch (error) {
    button.removeAttribute('aria-busy');
    announce(asProblem(error).title, true);
  }
}

/** Times as the viewer's own clock shows them; the server wrote them in UTC. */
export function tellLocalTime(card: HTMLElement): void {
  for (const time of card.querySelectorAll('time')) time.textContent = localTime(time.dateTime);
}

const clock = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit',
});

/** "Tue 24 Nov, 19:30" */
const localTime = (moment: string): string => {
  const part = Object.fromEntries(clock.formatToParts(new Date(moment)).map(({ type, value }) => [type, value]));
  return `${part['weekday']} ${part['day']} ${part['month']}, ${part['hour']}:${part['minute']}`;
};

const moment = (at: string | null): HTMLElement | null =>
  at ? make('time', { class: 'spaces-tile__count', dir: 'auto', datetime: at }, localTime(at)) : null;

function tile(space: ListedSpace): HTMLElement {
  const title = titleOf(space.id, space.title);
  switch (space.state) {
    case 'live':
      return box('live', [
        badges(badge('spaces-badge spaces-badge--live', bars(true), words.live), space.is_recording ? rec() : null, count(space.participant_count, words.listening)),
        title,
        line(why(space)),
        foot(
          faces(space),
          make(
            'a',
            {
              class: 'spaces-button spaces-button--live',
              href: pageOf(pageDeps().config, space.id),
              'data-spaces-join': space.id,
              'aria-label': words.listenTo(space.title),
            },
            icon(headphones),
            words.listen,
          ),
        ),
      ]);
    case 'scheduled':
      return box('scheduled', [
        badges(
          badge('spaces-badge', words.comingUp),
          moment(space.scheduled_start),
        ),
        title,
        line([why(space), space.subscriber_count ? words.waiting(space.subscriber_count) : ''].filter(Boolean).join(' \u00b7 ')),
        foot(faces(space), isOwn(space) ? null : reminder(space.id, space.has_reminder)),
      ]);
    case 'ended':
      if (space.has_replay) return replay(space, title);
      return box('ended', [badges(badge('spaces-badge', words.ended)), title, line(words.hasEnded)]);
    case 'canceled':
      return box('canceled', [
        badges(badge('spaces-badge', space.end_reason === 'expired' ? words.notStarted : words.calledOff)),
        title,
        line(space.end_reason === 'expired' ? words.didNotStart : words.wasCalledOff),
      ]);
  }
}

function replay(space: ListedSpace, title: HTMLElement): HTMLElement {
  const host = space.people.find(({ user_id }) => user_id === space.host_ids[0]);
  return box('ended', [
    badges(badge('spaces-badge', words.replay), moment(space.started_at)),
    title,
    line(host ? words.hosted(host.name) : ''),
    foot(
      faces(space),
      make(
        'a',
        { class: 'spaces-button', href: pageOf(pageDeps().config, space.id), 'aria-label': words.playReplayOf(space.title) },
        words.playReplay,
      ),
    ),
  ]);
}

/** The Space ended just now: the title stays, the rest is over. */
function over(shown: HTMLElement | null): HTMLElement {
  const title = shown?.querySelector('.spaces-tile__title')?.cloneNode(true);
  return box('ended', [badges(badge('spaces-badge', words.ended)), title ?? null, line(words.hasEnded)]);
}

const gone = (): HTMLElement => box('gone', [line(words.isGone)]);

const isOwn = ({ reason, host_ids }: ListedSpace): boolean =>
  reason?.code === 'own' || host_ids[0] === pageDeps().config.me?.user_id;

function why({ state, reason, people, host_ids }: ListedSpace): string {
  const host = people.find(({ user_id }) => user_id === host_ids[0]);
  if (reason?.text || !host) return reason?.text ?? '';
  return state === 'live' ? words.isHosting(host.name) : words.willHost(host.name);
}

const box = (state: string, children: (Node | null)[]): HTMLElement =>
  make('div', { class: 'spaces-tile', 'data-state': state }, ...children.filter((child) => child !== null));

const badges = (...children: (Node | null)[]): HTMLElement =>
  make('p', { class: 'spaces-tile__badges' }, ...children.filter((child) => child !== null));

const badge = (name: string, ...children: (Node | string)[]): HTMLElement => make('span', { class: name, part: 'badge' }, ...children);

/** No part of the theme: no host app may hide it. */
const rec = (): HTMLElement =>
  make(
    'span',
    { class: 'spaces-badge spaces-badge--rec', title: words.isRecorded },
    make('span', { 'aria-hidden': 'true' }, words.rec),
    make('span', { class: 'spaces-hidden' }, words.isRecorded),
  );

const count = (people: number, sentence: (people: number) => string): HTMLElement | null =>
  people ? make('span', { class: 'spaces-tile__count', dir: 'auto' }, sentence(people)) : null;

const titleOf = (space_id: string, title: string): HTMLElement =>
  make(
    'p',
    { class: 'spaces-title spaces-tile__title', dir: 'auto' },
    make('a', { class: 'spaces-tile__link', href: pageOf(pageDeps().config, space_id) }, title),
  );

const line = (text: string): HTMLElement => make('p', { class: 'spaces-tile__why', dir: 'auto' }, text);

const foot = (...children: (Node | null)[]): HTMLElement =>
  make('div', { class: 'spaces-tile__foot' }, ...children.filter((child) => child !== null));

const faces = ({ people }: ListedSpace): HTMLElement =>
  make('span', { class: 'spaces-faces', 'aria-hidden': 'true' }, ...people.slice(0, FACES).map((profile) => face(profile, 'spaces-face spaces-face--40')));

const reminder = (space_id: string, isSet: boolean): HTMLElement =>
  make(
    'button',
    { class: 'spaces-button spaces-remind', type: 'button', 'data-spaces-remind': space_id, ...(isSet ? { 'data-on': '' } : {}) },
    icon(isSet ? bellOn : bell),
    isSet ? words.reminderIsSet : words.setReminder,
  );

function icon(svg: string): HTMLElement {
  const holder = make('span', { class: 'spaces-icon', 'aria-hidden': 'true' });
  holder.innerHTML = svg;
  return holder;
}
