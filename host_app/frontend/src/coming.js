/** `<plaza-coming>`: what is planned by those whom the member follows, in the member's own time. */
import { call, myId } from './api.js';
import { onInbox } from './inbox.js';

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
    await this.refresh();
    clearTimeout(waiting);
    // Without an answer there is no card.
    if (!this.isFilled) this.hidden = true;
  }

  get isFilled() {
    return this.querySelector('.plan a') !== null;
  }

  async refresh() {
    try {
      const spaces = await planned();
      // What is under somebody's finger or focus stays where it is.
      if (!this.querySelector('ul').contains(document.activeElement)) this.show(spaces);
    } catch {
      // What is shown stays.
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
    const reminder = row.querySelector('spaces-reminder');
    if (space.creator_id === myId()) reminder.remove();
    else {
      reminder.setAttribute('space-id', space.id);
      reminder.setAttribute('about', space.title);
      reminder.toggleAttribute('has-reminder', space.has_reminder);
    }
    row.plan = space;
    return row;
  }

  /** A reminder was set or taken back, here or elsewhere in the page: one of those who wait is the member. */
  hear({ space_id, reminder }) {
    for (const row of this.querySelectorAll('.plan')) {
      const space = row.plan;
      if (space?.id !== space_id) continue;
      space.subscriber_count += Number(reminder !== null) - Number(space.has_reminder);
      space.has_reminder = reminder !== null;
      this.tell(row, space);
    }
  }

  tell(row, space) {
    const host = space.people.find(({ user_id }) => space.host_ids.includes(user_id)) ?? space.people[0];
    const start = new Date(space.scheduled_start);
    const time = start.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
    const waiting = space.subscriber_count;
    const words = [
      space.creator_id === myId() ? 'You host' : `${host?.name.split(' ')[0] ?? 'Somebody'} hosts`,
      time,
      ...(waiting ? [`${waiting.toLocaleString('en')} waiting`] : []),
    ];
    row.querySelector('.facts').textContent = words.join(' · ');
  }
}

customElements.define('plaza-coming', PlazaComing);

document.addEventListener('spaces-reminder', ({ detail }) => {
  // An answer that is under way may be older than that.
  askedAt = 0;
  for (const element of document.querySelectorAll('plaza-coming')) element.hear(detail);
});

// What came in may be about a plan.
onInbox(() => {
  askedAt = 0;
  for (const element of document.querySelectorAll('plaza-coming')) void element.refresh();
});
