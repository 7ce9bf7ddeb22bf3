/** `<plaza-coming>`: what is planned by those whom the member follows, in the member's own time. */
import { call, myId } from './api.js';
import { onInbox } from './inbox.js';
import { say } from './say.js';

const PLANNED = '/spaces/api/v1/spaces?state=scheduled&scope=for_you';
/** Rows shown; the rest is in the directory. */
const MOST = 3;
/** Milliseconds: how long an answer is fresh, and how long nothing is drawn in its place. */
const FRESH = 30_000;
const SKELETON_AFTER = 300;

let asked = null;
let askedAt = 0;

function planned() {
  if (!asked || Date.now() - askedAt > FRESH) {
    askedAt = Date.now();
    asked = call('GET', PLANNED).then(({ data }) => data);
    asked.catch(() => (asked = null));
  }
  return asked;
}

class PlazaComing extends HTMLElement {
  async connectedCallback() {
    const waiting = setTimeout(() => {
      this.hidden = false;
    }, SKELETON_AFTER);
    try {
      this.show(await planned());
    } catch {
      this.show([]);
    } finally {
      clearTimeout(waiting);
    }
  }

  show(spaces) {
    const rows = spaces.slice(0, MOST).map((space) => this.row(space));
    this.querySelector('ul').replaceChildren(...rows);
    this.hidden = rows.length === 0;
  }

  row(space) {
    const row = this.querySelector('template').content.firstElementChild.cloneNode(true);
    const start = new Date(space.scheduled_start);
    row.querySelector('.weekday').textContent = start.toLocaleDateString('en', { weekday: 'short' });
    row.querySelector('.day').textContent = start.toLocaleDateString('en', { day: 'numeric' });
    const link = row.querySelector('.title a');
    link.textContent = space.title;
    link.href = `/spaces/${space.id}`;
    this.tell(row, space);
    const bell = row.querySelector('button');
    if (space.creator_id === myId()) bell.remove();
    else {
      press(bell, space, space.has_reminder);
      bell.addEventListener('click', () => void this.toggle(row, bell, space));
    }
    return row;
  }

  tell(row, space) {
    const host = space.people.find(({ user_id }) => space.host_ids.includes(user_id)) ?? space.people[0];
    const start = new Date(space.scheduled_start);
    const time = start.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
    const waiting = space.subscriber_count;
    const words = [
      space.creator_id === myId() ? 'You host' : `${host?.name.split(' ')[0] ?? 'Somebody'} hosts`,
      time,
      ...(waiting ? [`${waiting.toLocaleString('en')} waiting`] : []),
    ];
    row.querySelector('.facts').textContent = words.join(' · ');
  }

  async toggle(row, bell, space) {
    const isOn = bell.getAttribute('aria-pressed') !== 'true';
    press(bell, space, isOn);
    try {
      const path = `/spaces/api/v1/spaces/${space.id}/reminder`;
      const snapshot = await call(isOn ? 'PUT' : 'DELETE', path, isOn ? {} : undefined);
      space.has_reminder = isOn;
      space.subscriber_count = snapshot.space.subscriber_count;
      this.tell(row, space);
      say(isOn ? 'You will be told when it starts.' : 'You will not be told.');
    } catch {
      press(bell, space, !isOn);
      say('That did not work. Try again in a moment.');
    }
  }
}

function press(bell, space, isOn) {
  bell.setAttribute('aria-pressed', `${isOn}`);
  bell.setAttribute('aria-label', `Remind me of ${space.title}`);
}

customElements.define('plaza-coming', PlazaComing);

// What came in may be about a plan.
onInbox(() => {
  askedAt = 0;
  for (const element of document.querySelectorAll('plaza-coming')) void element.connectedCallback();
});
