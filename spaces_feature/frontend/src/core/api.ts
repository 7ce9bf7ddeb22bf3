/**
 * The HTTP API as typed calls. Every refusal, and every way in which no answer comes, rejects with an `ApiError` that
 * carries a Problem. Only GET is retried: a POST is sent once, under an `Idempotency-Key`.
 */

import type { Api, Method, RecentSpeaker, Removal, Topic } from './calls';
import type { Problem, RingState, Snapshot, StripEntry } from './types';
import { ABORTED, TOO_SLOW, UNREACHABLE, isPassing, unexpected } from './no-answer';
import { pageWords as words } from './page-words';

export type * from './calls';

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
  const list = <Row>(path: string) => get<{ data: Row[] }>(path).then(({ data }) => data);
  /** A command about one member of a Space. */
  const about = (method: Method, id: string, list: string, user_id: string, rest = '', body?: unknown) =>
    command<Snapshot>(method, of(id, `/${list}/${encodeURIComponent(user_id)}${rest}`), { body });

  return {
    call: (method, path, body) => (method === 'GET' ? get(path) : command(method, path, { body })),
    measure: (events) => command('POST', '/measures', { free: true, keepalive: true, body: { events } }),
    me: () => get('/me'),
    updateMe: (change) => command('PATCH', '/me', { body: change }),
    topics: () => list<Topic>('/topics'),
    strip: () => get<{ entries: StripEntry[] }>('/strip').then(({ entries }) => entries),
    avatars: (user_ids) =>
      get<{ data: Record<string, RingState> }>(`/avatars?${new URLSearchParams({ user_ids: user_ids.join() })}`).then(({ data }) => data),
    snapshot: (id) => get(of(id)),
    spaces: (query) => get(`/spaces?${new URLSearchParams({ ...query })}`),
    participants: (id, cursor) =>
      get(of(id, `/participants${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`)),
    create: (space) => command('POST', '/spaces', { body: space }),
    start: (id) => command('POST', of(id, '/start')),
    end: (id) => command('POST', of(id, '/end')),
    remind: (id, is_early) => command('PUT', of(id, '/reminder'), { body: { is_early } }),
    forgetReminder: (id) => command('DELETE', of(id, '/reminder')),
    edit: (id, patch) => command('PATCH', of(id), { body: patch }),
    join: (id, options, signal) =>
      command('POST', of(id, '/join'), { free: true, signal, ...(options?.is_anonymous === undefined ? {} : { body: options }) }),
    heartbeat: (id) => command('POST', of(id, '/heartbeat'), { free: true }),
    leave: (id) => command('POST', of(id, '/leave'), { free: true, keepalive: true }),
    ask: (id) => command('POST', of(id, '/requests')),
    takeBack: (id) => command('DELETE', of(id, '/requests/me')),
    accept: (id, user_id) => about('POST', id, 'requests', user_id, '/accept'),
    decline: (id, user_id) => about('POST', id, 'requests', user_id, '/decline'),
    stepDown: (id) => command('DELETE', of(id, '/stage/me')),
    moveToAudience: (id, user_id) => about('DELETE', id, 'stage', user_id),
    invite: (id, user_id, role) => command('POST', of(id, '/invitations'), { body: { user_id, role } }),
    withdrawInvitation: (id, user_id) => about('DELETE', id, 'invitations', user_id),
    acceptInvitation: (id) => about('POST', id, 'invitations', 'me', '/accept'),
    declineInvitation: (id) => about('POST', id, 'invitations', 'me', '/decline'),
    nameCohost: (id, user_id) => about('PUT', id, 'cohosts', user_id),
    dismissCohost: (id, user_id) => about('DELETE', id, 'cohosts', user_id),
    handOver: (id, user_id) => command('POST', of(id, '/host'), { body: { user_id } }),
    mute: (id, user_id, reason) => about('PUT', id, 'stage', user_id, '/mute', reason ? { reason } : undefined),
    liftMute: (id, user_id) => about('DELETE', id, 'stage', user_id, '/mute'),
    muteAll: (id) => command('POST', of(id, '/mute-all')),
    remove: (id, user_id, reason) => command('POST', of(id, '/removals'), { body: { user_id, reason } }),
    removals: (id) => list<Removal>(of(id, '/removals')),
    liftRemoval: (id, user_id) => about('DELETE', id, 'removals', user_id),
    report: (id, report) => command('POST', of(id, '/reports'), { body: report }),
    recentSpeakers: (id) => list<RecentSpeaker>(of(id, '/recent-speakers')),
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
