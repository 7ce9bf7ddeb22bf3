import assert from 'node:assert/strict';
import test from 'node:test';
import type { Snapshot } from '../src/core/types';
import { createReplicas } from '../src/live/replicas';
import { openSocket, type LiveSocket, type SocketLike } from '../src/live/socket';
import { event, settled, snapshot } from './builders';

/** A socket whose acknowledgements the test decides. */
function socketWith(answer: () => unknown): LiveSocket & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    isConnected: true,
    subscribe: async (space_id) => {
      asked.push(space_id);
      return answer();
    },
    unsubscribe: (space_id) => void asked.push(`-${space_id}`),
    close: () => undefined,
  };
}

/** The API's snapshots, one after the other, and how often it was asked. */
function snapshots(...versions: number[]) {
  const api = {
    asked: 0,
    snapshot: async (): Promise<Snapshot> => snapshot(versions[Math.min(api.asked++, versions.length - 1)]!),
  };
  return api;
}

test('a watched Space begins with the acknowledgement and goes on with events', async () => {
  const api = snapshots(1);
  const replicas = createReplicas(api);
  replicas.connected(socketWith(() => snapshot(3)));
  const watched = replicas.watch('space');
  await settled();
  replicas.event(event(4, 3, { space: { title: 'New' } }));
  assert.deepEqual([watched.get()?.space.title, watched.get()?.space.version, api.asked], ['New', 4, 0]);
  watched.close();
});

test('without a socket the copy is fetched at once', async () => {
  const replicas = createReplicas(snapshots(2));
  const watched = replicas.watch('space');
  await settled();
  assert.equal(watched.get()?.space.version, 2);
  watched.close();
});

test('a missed event leads to one fetch, however many follow', async () => {
  const api = snapshots(9);
  const replicas = createReplicas(api);
  replicas.connected(socketWith(() => snapshot(3)));
  const watched = replicas.watch('space');
  await settled();
  for (const version of [7, 8, 9]) replicas.event(event(version, version - 1, { space: { title: 'New' } }));
  await settled();
  assert.deepEqual([watched.get()?.space.version, api.asked], [9, 1]);
  watched.close();
});

test('a snapshot taken before an event that was heard meanwhile is fetched again', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const api = snapshots(7, 8);
  const replicas = createReplicas(api);
  replicas.connected(socketWith(() => snapshot(3)));
  const watched = replicas.watch('space');
  await settled();
  replicas.event(event(8, 7, {}));
  await settled();
  assert.equal(watched.get()?.space.version, 7);
  context.mock.timers.tick(100);
  await settled();
  assert.deepEqual([watched.get()?.space.version, api.asked], [8, 2]);
  watched.close();
});

test('an event that overtook the acknowledgement is not lost', async () => {
  const replicas = createReplicas(snapshots(4));
  replicas.connected(socketWith(() => snapshot(3)));
  const watched = replicas.watch('space');
  replicas.event(event(4, 3, {}));
  await settled();
  assert.equal(watched.get()?.space.version, 4);
  watched.close();
});

test('an older answer does not turn the copy back', async () => {
  const replicas = createReplicas(snapshots(5));
  const watched = replicas.watch('space');
  await settled();
  replicas.take(snapshot(4));
  assert.equal(watched.get()?.space.version, 5);
  watched.close();
});

test('a socket that comes back subscribes again', async () => {
  const socket = socketWith(() => snapshot(3));
  const replicas = createReplicas(snapshots(1));
  replicas.connected(socket);
  const watched = replicas.watch('space');
  await settled();
  replicas.connected(socket);
  assert.deepEqual(socket.asked, ['space', 'space']);
  watched.close();
});

test('who watches quietly asks nothing without a socket, and whoever watches beside them does', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const api = snapshots(1);
  const replicas = createReplicas(api);
  const quiet = replicas.watch('space', true);
  context.mock.timers.tick(3000);
  await settled();
  assert.deepEqual([api.asked, quiet.get()], [0, null]);
  const watched = replicas.watch('space');
  await settled();
  assert.deepEqual([api.asked, quiet.get()?.space.version], [1, 1]);
  quiet.close();
  watched.close();
});

test('a socket that refuses who watches quietly costs no question', async () => {
  const api = snapshots(1);
  const replicas = createReplicas(api);
  replicas.connected(socketWith(() => ({ status: 429 })));
  const quiet = replicas.watch('space', true);
  await settled();
  assert.deepEqual([api.asked, quiet.get()], [0, null]);
  quiet.close();
});

test('the last of several watchers unsubscribes, once', async () => {
  const socket = socketWith(() => snapshot(3));
  const replicas = createReplicas(snapshots(1));
  replicas.connected(socket);
  const [first, second] = [replicas.watch('space'), replicas.watch('space')];
  first.close();
  first.close();
  assert.deepEqual(socket.asked, ['space']);
  second.close();
  assert.deepEqual(socket.asked, ['space', '-space']);
});

test('a Space that may not be seen any more leaves the copy empty', async () => {
  const replicas = createReplicas({ snapshot: async () => Promise.reject({ status: 404 }) });
  const watched = replicas.watch('space');
  replicas.take(snapshot(1));
  await settled();
  assert.equal(watched.get(), null);
  watched.close();
});

test("the host's own client carries the namespace where the page has one", async () => {
  const heard = new Map<string, (...args: never[]) => void>();
  const asked: unknown[] = [];
  const hosts: SocketLike = {
    connected: true,
    on: (name, listener) => heard.set(name, listener),
    emit: () => undefined,
    disconnect: () => undefined,
  };
  let connections = 0;
  const listeners = { connected: () => (connections += 1), event: () => undefined, strip: () => undefined };
  const config = { prefix: '/spaces', socket_path: '/socket.io' };
  await openSocket(config, listeners, { io: (namespace, options) => (asked.push(namespace, options.path), hosts) });
  assert.deepEqual(asked, ['/spaces', '/socket.io']);
  assert.deepEqual([[...heard.keys()], connections], [['connect', 'event', 'strip'], 1]);
  await openSocket(config, listeners, { spaces: { manager: { socket: (name) => (asked.push(name), hosts) } } });
  assert.equal(asked.at(-1), '/spaces');
});
