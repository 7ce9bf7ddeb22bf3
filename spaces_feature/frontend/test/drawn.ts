/** What a template would draw, as text: without a browser, and good for asking what is there. */

import { nothing, type TemplateResult } from 'lit';
import type { Deps } from '../src/core/deps';
import { IDLE_SESSION } from '../src/core/idle-session';
import { createStore } from '../src/core/store';
import type { PageConfig } from '../src/core/types';
import { words } from '../src/core/words';
import { provide, provideWords } from '../src/elements/context';

export function drawn(part: unknown): string {
  if (part === nothing || part === null || part === undefined || typeof part === 'boolean' || typeof part === 'function') return '';
  if (Array.isArray(part)) return part.map(drawn).join('');
  if (typeof part !== 'object') return String(part);
  if (!('strings' in part)) return 'values' in part ? drawn((part as { values: unknown }).values) : '';
  const { strings, values } = part as TemplateResult;
  return strings.map((text, index) => text + drawn(values[index])).join('');
}

/** Gives every template the dependencies of a page on which these flags are on. */
export function page(...on: string[]): PageConfig {
  const config: PageConfig = {
    prefix: '/spaces', api: '', socket_path: '', me: null, room_bundle: '', app_name: 'Plaza',
    flags: Object.fromEntries(on.map((key) => [key, true])),
  };
  provide({ config, words, session: createStore(IDLE_SESSION) } as unknown as Deps);
  provideWords(words);
  return config;
}
