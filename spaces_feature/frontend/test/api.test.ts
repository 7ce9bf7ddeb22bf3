import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { ApiError, createApi, type Api } from '../src/core/api';
import { snapshot } from './builders';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A real server whose answers the test writes, and the API client on it. */
async function served(
  context: TestContext,
  answer: (response: ServerResponse, count: number, seen: Seen) => void,
  options: { csrf?: string; timeout?: number } = {},
): Promise<{ api: Api; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const one = { method: request.method!, url: request.url!, headers: request.headers, body };
      seen.push(one);
      answer(response, seen.length, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const base = () => `http://127.0.0.1:${port}/spaces/api/v1`;
  return { api: createApi({ base, csrf: () => options.csrf ?? null, timeout: options.timeout ?? 2000 }), seen };
}

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));

const refusal = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error = await promise.then(
    () => assert.fail('was not refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApiError);
  return error;
};

test('a command carries the CSRF token, JSON and a key of its own', async (context) => {
  const { api, seen } = await served(context, (response) => json(response, 201, snapshot(1)), { csrf: 'token' });
  const answer = await api.create({ title: 'Hello', topic_ids: [], audience: 'everyone', speak: 'everyone' });
  assert.equal(answer.space.id, 'space');
  const { method, url, headers, body } = seen[0]!;
  assert.deepEqual([method, url, headers['x-csrftoken']], ['POST', '/spaces/api/v1/spaces', 'token']);
  assert.match(String(headers['idempotency-key']), /^[0-9a-f]{32}$/);
  assert.equal(JSON.parse(body).title, 'Hello');
});

test('a question carries neither token nor key', async (context) => {
  const { api, seen } = await served(context, (response) => json(response, 200, { entries: [] }), { csrf: 'token' });
  assert.deepEqual(await api.strip(), []);
  assert.deepEqual([seen[0]!.headers['x-csrftoken'], seen[0]!.headers['idempotency-key']], [undefined, undefined]);
});

test('ids are percent-encoded in paths', async (context) => {
  const { api, seen } = await served(context, (response) => json(response, 200, snapshot(1)));
  await api.accept('a/b', 'c?d');
  assert.equal(seen[0]!.url, '/spaces/api/v1/spaces/a%2Fb/requests/c%3Fd/accept');
});

test('a refusal is the problem that the server sent, extras included', async (context) => {
  const problem = { code: 'already_live', title: 'You are already live.', detail: 'End it first.', space_id: 'x' };
  const { api } = await served(context, (response) => json(response, 409, problem));
  const error = await refusal(api.end('space'));
  assert.deepEqual(
    [error.status, error.code, error.title, error.detail, error['space_id']],
    [409, 'already_live', 'You are already live.', 'End it first.', 'x'],
  );
});

test("an error page that is not ours becomes plain words, never the page's", async (context) => {
  const { api } = await served(context, (response) => response.writeHead(500).end('<h1>Traceback</h1>'));
  const error = await refusal(api.end('space'));
  assert.deepEqual([error.status, error.code], [500, 'unexpected']);
  assert.equal(error.title.includes('Traceback'), false);
});

test('a question is asked again after a passing failure, a command is not', async (context) => {
  const flaky = (response: ServerResponse, count: number) =>
    count === 1 ? json(response, 503, { code: 'unavailable', title: '' }) : json(response, 200, snapshot(1));
  const asked = await served(context, flaky);
  await asked.api.snapshot('space');
  assert.equal(asked.seen.length, 2);
  const told = await served(context, flaky);
  await refusal(told.api.end('space'));
  assert.equal(told.seen.length, 1);
});

test('a question that is refused for good is not asked again', async (context) => {
  const { api, seen } = await served(context, (response) => json(response, 404, { code: 'not_found', title: '' }));
  assert.equal((await refusal(api.snapshot('space'))).code, 'not_found');
  assert.equal(seen.length, 1);
});

test('a second tap while the first is under way is the same command', async (context) => {
  const { api, seen } = await served(context, (response) => json(response, 200, snapshot(1)));
  const [first, second] = await Promise.all([api.accept('space', 'tim'), api.accept('space', 'tim')]);
  assert.equal(first, second);
  assert.equal(seen.length, 1);
});

test('a command without an answer goes out again under its old key, an answered one under a new key', async (context) => {
  const { api, seen } = await served(context, (response, count) => {
    if (count === 1) response.destroy();
    else json(response, 200, snapshot(1));
  });
  assert.equal((await refusal(api.ask('space'))).code, 'unreachable');
  await api.ask('space');
  await api.ask('space');
  const keys = seen.map(({ headers }) => headers['idempotency-key']);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[1], keys[2]);
});

test('a server that stays silent is given up in time', async (context) => {
  const { api } = await served(context, () => undefined, { timeout: 30 });
  assert.equal((await refusal(api.end('space'))).code, 'timeout');
});

test('a join that is no longer wanted is aborted', async (context) => {
  const stop = new AbortController();
  const { api } = await served(context, () => stop.abort());
  assert.equal((await refusal(api.join('space', {}, stop.signal))).code, 'aborted');
});

test('an empty answer is no error', async (context) => {
  const { api } = await served(context, (response) => response.writeHead(204).end());
  assert.equal(await api.heartbeat('space'), undefined);
});

test('each command of the room is sent where the contract says', async (context) => {
  const { api, seen } = await served(context, (response) => json(response, 200, { data: [] }));
  const calls: [Promise<unknown>, string, object?][] = [
    [api.edit('s', { speak: 'invited' }), 'PATCH /spaces/s', { speak: 'invited' }],
    [api.invite('s', '7', 'cohost'), 'POST /spaces/s/invitations', { user_id: '7', role: 'cohost' }],
    [api.withdrawInvitation('s', '7'), 'DELETE /spaces/s/invitations/7'],
    [api.acceptInvitation('s'), 'POST /spaces/s/invitations/me/accept'],
    [api.declineInvitation('s'), 'POST /spaces/s/invitations/me/decline'],
    [api.nameCohost('s', '7'), 'PUT /spaces/s/cohosts/7'],
    [api.dismissCohost('s', '7'), 'DELETE /spaces/s/cohosts/7'],
    [api.handOver('s', '7'), 'POST /spaces/s/host', { user_id: '7' }],
    [api.mute('s', '7'), 'PUT /spaces/s/stage/7/mute'],
    [api.mute('s', '8', 'Echo'), 'PUT /spaces/s/stage/8/mute', { reason: 'Echo' }],
    [api.liftMute('s', '7'), 'DELETE /spaces/s/stage/7/mute'],
    [api.muteAll('s'), 'POST /spaces/s/mute-all'],
    [api.remove('s', 'anonymous:3', ''), 'POST /spaces/s/removals', { user_id: 'anonymous:3', reason: '' }],
    [api.removals('s'), 'GET /spaces/s/removals'],
    [api.liftRemoval('s', 'anonymous:3'), 'DELETE /spaces/s/removals/anonymous%3A3'],
    [api.report('s', { category: 'spam' }), 'POST /spaces/s/reports', { category: 'spam' }],
    [api.recentSpeakers('s'), 'GET /spaces/s/recent-speakers'],
    [api.join('s', { is_anonymous: true }), 'POST /spaces/s/join', { is_anonymous: true }],
    [api.join('t', { is_anonymous: false }), 'POST /spaces/t/join', { is_anonymous: false }],
    [api.join('u', {}), 'POST /spaces/u/join'],
    [api.updateMe({ shares_listening: false }), 'PATCH /me', { shares_listening: false }],
  ];
  await Promise.all(calls.map(([call]) => call));
  const sent = seen.map(({ method, url, body }) => `${method} ${url.replace('/spaces/api/v1', '')} ${body}`).sort();
  const wanted = calls.map(([, name, body]) => `${name} ${body ? JSON.stringify(body) : ''}`).sort();
  assert.deepEqual(sent, wanted);
});

test('measures go out under the CSRF token and without a key, the same ones twice', async (context) => {
  const { api, seen } = await served(context, (response) => response.writeHead(204).end(), { csrf: 'token' });
  await Promise.all([api.measure([{ name: 'saw_strip' }]), api.measure([{ name: 'saw_strip' }])]);
  assert.deepEqual(seen.map(({ method, url, body }) => [method, url, body]), Array(2).fill([
    'POST', '/spaces/api/v1/measures', '{"events":[{"name":"saw_strip"}]}',
  ]));
  assert.deepEqual(seen.map(({ headers }) => [headers['x-csrftoken'], headers['idempotency-key']]), Array(2).fill(['token', undefined]));
});
