/** Spans of time in words, and a controller that redraws while they pass. */

import type { ReactiveController, ReactiveControllerHost } from 'lit';

export const secondsSince = (moment: string | null, until: string | null = null): number =>
  moment ? Math.max(0, Math.floor(((until ? Date.parse(until) : Date.now()) - Date.parse(moment)) / 1000)) : 0;

/** "40 s", "24 min", "1 h 12 min" */
export function span(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

/** "24:08", "1:12:30" */
export function clock(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** Redraws its element once a second, while `isOn` says so. */
export class EachSecond implements ReactiveController {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly isOn: () => boolean = () => true,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.timer = setInterval(() => this.isOn() && this.host.requestUpdate(), 1000);
  }

  hostDisconnected(): void {
    clearInterval(this.timer);
  }
}
