/** Day and start of a planned Space, in the member's own zone. */

import { html, nothing, type TemplateResult } from 'lit';
import { cityOf, dayName, ownZone, readStart, wallAt, type Reading, type Wall } from '../../core/moments';
import { deps } from '../context';
import { wrongLine } from './create-fields';
import { icon } from '../icons';

const LIMITS = { upcoming: 10, days: 30 };

export const limits = () => deps().config.plan ?? LIMITS;

export const readWall = (wall: Wall): Reading => readStart(wall, ownZone(), Date.now(), limits().days);

/** The sentence for a reading that does not do; empty for one that does. */
export function misfitOf(reading: Reading, { time }: Wall): string {
  if (!('kind' in reading)) return '';
  const { plan } = deps().words;
  switch (reading.kind) {
    case 'no_day':
      return plan.noDay;
    case 'no_time':
      return plan.noTime;
    case 'past':
      return plan.past;
    case 'too_far':
      return plan.tooFar(limits().days, `${dayName(reading.last.day)}, ${reading.last.time}`);
    case 'skipped':
      return plan.skipped(time, reading.instead.time);
  }
}

/** `leave` is called when the member is done with either field. */
export function whenField(wall: Wall, wrong: string, write: (wall: Wall) => void, leave: () => void): TemplateResult {
  const { plan } = deps().words;
  const zone = ownZone();
  const now = Date.now();
  const reading = readWall(wall);
  const isTwice = !('kind' in reading) && reading.isFirstOfTwo;
  const isDay = !('kind' in reading) || reading.kind === 'skipped' || reading.kind === 'past';
  const invalid = wrong ? 'true' : 'false';
  const valueOf = (event: Event) => (event.target as HTMLInputElement).value;
  return html`<div class="when" @focusout=${leave}>
      <label class="moment">
        <span class="label">${plan.day}</span>
        <span class="box">
          ${icon('calendar')}
          <input
            type="date"
            name="day"
            required
            min=${wallAt(now, zone).day}
            max=${wallAt(now + limits().days * 86_400_000, zone).day}
            .value=${wall.day}
            aria-invalid=${invalid}
            aria-describedby="zone wrong-when"
            @input=${(event: Event) => write({ ...wall, day: valueOf(event) })}
          />
        </span>
      </label>
      <label class="moment">
        <span class="label">${plan.starts}</span>
        <span class="box">
          ${icon('clock')}
          <input
            type="time"
            name="time"
            required
            .value=${wall.time}
            aria-invalid=${invalid}
            aria-describedby="zone wrong-when"
            @input=${(event: Event) => write({ ...wall, time: valueOf(event) })}
          />
        </span>
      </label>
    </div>
    ${wrongLine('wrong-when', wrong)}
    ${isTwice && !wrong ? html`<p class="zone" role="status"><b>${plan.firstOfTwo(wall.time)}</b></p>` : nothing}
    <p class="zone" id="zone">${isDay && wall.day ? plan.onDay(dayName(wall.day)) : nothing}${plan.yourTime(cityOf(zone))}</p>`;
}
