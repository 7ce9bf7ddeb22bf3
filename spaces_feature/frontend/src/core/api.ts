/**
 * The HTTP API as typed calls. Every refusal, and every way in which no answer comes, rejects with an `ApiError` that
 * carries a Problem. Only GET is retried: a POST is sent once, under an `Idempotency-Key`.
 */

import type { Problem, Profile, Role, Snapshot, StripEntry } from './types';
import { ABORTED, TOO_SLOW, UNREACHABLE, isPassing, unexpected } from './problems';
import { words } from './words';

export type JoinGrant =
  | { tier: 'rtc'; url: string; token: string; identity: string; expires_at: string; snapshot: Snapshot }
  | { tier: 'hls'; url: string; expires_at: string; snapshot: Snapshot };

export interface NewSpace {
  title: string;
  topic_ids: string[];
  audience: 'everyone' | 'followers' | 'following' | 'invited';
  speak: 'everyone' | 'following' | 'invited';
}

export interface Topic {
  id: string;
  name: string;
}

export interface MyPlace {
  user_id: string;
  profile: Profile;
  flags: Record<string, boolean | number>;
}

export interface Participant {
  user_id: string;
  role: Role;
  joined_at: string;
  profile: Profile;
}

export interface Api {
  me(): Promise<MyPlace>;
  topics(): Promise<Topic[]>;
  strip(): Promise<StripEntry[]>;
  snapshot(space_id: string): Promise<Snapshot>;
  participants(space_id: string, cursor?: string): Promise<{ data: Participant[]; next_cursor: string | null }>;
  create(space: NewSpace): Promise<Snapshot>;
  start(space_id: string): Promise<Snapshot>;
  end(space_id: string): Promise<Snapshot>;
  join(space_id: string, signal?: AbortSignal): Promise<JoinGrant>;
  /** Says that the member is still here. */
  heartbeat(space_id: string): Promise<void>;
  /** Survives the page: sent with `keepalive`. */
  leave(space_id: string): Promise<void>;
  ask(space_id: string): Promise<Snapshot>;
  takeBack(space_id: string): Promise<Snapshot>;
  accept(space_id: string, user_id: string): Promise<Snapshot>;
  decline(space_id: string, user_id: string): Promise<Snapshot>;
  stepDown(space_id: string): Promise<Snapshot>;
  moveToAudience(space_id: string, user_id: string): Promise<Snapshot>;
  /** The speaker's own hint, at most two a second. */
  microphone(space_id: string, hint: { is_open: boolean; is_talking?: boolean }): Promise<void>;
}

export class ApiError extends Error implements Problem {
  [extra: string]: unknown;
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;

  constructor(readonly problem: Problem) {
    super(problem.title);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.title = problem.title;
    this.detail = problem.detail;
    for (const key of Object.keys(problem)) if (!(key in this)) this[key] = problem[key];
  }
}

export interface ApiOptions {
  /** e.g. `/spaces/api/v1`; read at each call. */
  base(): string;
  /** The host's CSRF token of the page shown now, or null; read at each call. */
  csrf(): string | null;
  fetch?: typeof fetch;
  /** Milliseconds until a call is given up. */
  timeout?: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

interface Call {
  body?: unknown;
  signal?: AbortSignal | undefined;
  keepalive?: boolean;
  /** Send even while the same call is under way, and without a key: the call may be repeated at will. */
  free?: boolean;
}

/** Milliseconds before the second and the third try of a GET. */
const RETRIES = [200, 800];

export function createApi({ base, csrf, fetch: send = (...args) => fetch(...args), timeout = 8000 }: ApiOptions): Api {
  const underWay = new Map<string, Promise<unknown>>();
  /** Keys of commands that got no answer: the next try of the same command goes out under the same key. */
  const unanswered = new Map<string, string>();

  async function once<T>(method: Method, path: string, call: Call, key: string | null): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json' };
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';
    if (key) headers['Idempotency-Key'] = key;
    const token = method === 'GET' ? null : csrf();
    if (token) headers['X-CSRFToken'] = token;
    const stop = new AbortController();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      stop.abort();
    }, timeout);
    const abort = () => stop.abort();
    call.signal?.addEventListener('abort', abort);
    if (call.signal?.aborted) abort();
    try {
      const response = await send(base() + path, {
        method,
        headers,
        credentials: 'same-origin',
        signal: stop.signal,
        keepalive: call.keepalive ?? false,
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new ApiError(problemOf(response.status, text));
      return (text ? parsed(text, response.status) : undefined) as T;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(call.signal?.aborted ? ABORTED : late ? TOO_SLOW : UNREACHABLE);
    } finally {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', abort);
    }
  }

  async function get<T>(path: string): Promise<T> {
    for (const wait of RETRIES) {
      try {
        return await once<T>('GET', path, {}, null);
      } catch (error) {
        if (!(error instanceof ApiError) || !isPassing(error.status)) throw error;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    return once<T>('GET', path, {}, null);
  }

  function command<T>(method: Method, path: string, call: Call = {}): Promise<T> {
    if (call.free) return once<T>(method, path, call, null);
    const name = `${method} ${path} ${JSON.stringify(call.body ?? null)}`;
    const same = underWay.get(name);
    if (same) return same as Promise<T>;
    const key = method === 'POST' ? (unanswered.get(name) ?? newKey()) : null;
    if (key) unanswered.set(name, key);
    const answer = once<T>(method, path, call, key).then(
      (value) => {
        unanswered.delete(name);
        return value;
      },
      (error: unknown) => {
        if (error instanceof ApiError && !isUnderWay(error)) unanswered.delete(name);
        throw error;
      },
    );
    const forget = () => underWay.delete(name);
    answer.then(forget, forget);
    underWay.set(name, answer);
    return answer;
  }

  const of = (space_id: string, rest = '') => `/spaces/${encodeURIComponent(space_id)}${rest}`;
  const request = (space_id: string, user_id: string, verb: string) =>
    command<Snapshot>('POST', of(space_id, `/requests/${encodeURIComponent(user_id)}/${verb}`));

  return {
    me: () => get('/me'),
    topics: () => get<{ data: Topic[] }>('/topics').then(({ data }) => data),
    strip: () => get<{ entries: StripEntry[] }>('/strip').then(({ entries }) => entries),
    snapshot: (id) => get(of(id)),
    participants: (id, cursor) =>
      get(of(id, `/participants${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`)),
    create: (space) => command('POST', '/spaces', { body: space }),
    start: (id) => command('POST', of(id, '/start')),
    end: (id) => command('POST', of(id, '/end')),
    join: (id, signal) => command('POST', of(id, '/join'), { free: true, signal }),
    heartbeat: (id) => command('POST', of(id, '/heartbeat'), { free: true }),
    leave: (id) => command('POST', of(id, '/leave'), { free: true, keepalive: true }),
    ask: (id) => command('POST', of(id, '/requests')),
    takeBack: (id) => command('DELETE', of(id, '/requests/me')),
    accept: (id, user_id) => request(id, user_id, 'accept'),
    decline: (id, user_id) => request(id, user_id, 'decline'),
    stepDown: (id) => command('DELETE', of(id, '/stage/me')),
    moveToAudience: (id, user_id) => command('DELETE', of(id, `/stage/${encodeURIComponent(user_id)}`)),
    microphone: (id, hint) => command('PUT', of(id, '/stage/me/microphone'), { free: true, body: hint }),
  };
}

/** Whether the server may still be at work on the command, or may have done it without our hearing of it. */
const isUnderWay = ({ status, code }: ApiError): boolean => isPassing(status) || code === 'in_progress';

function parsed(text: string, status: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(unexpected(status));
  }
}

function problemOf(status: number, text: string): Problem {
  try {
    const found = JSON.parse(text) as Partial<Problem>;
    if (typeof found.code === 'string') {
      return { detail: '', ...found, status, code: found.code, title: found.title ?? words.unclear };
    }
  } catch {
    // Not ours: a proxy's page, or none.
  }
  return unexpected(status);
}

/** `crypto.randomUUID` exists in secure contexts only; a host in development may have none. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
