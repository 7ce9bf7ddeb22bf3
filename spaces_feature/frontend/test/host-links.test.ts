import assert from 'node:assert/strict';
import test from 'node:test';
import { waysInstead, waysWith } from '../src/core/host-links';

test('the id of the Space stands in a path wherever it is asked for, and the order is the host app\'s', () => {
  const links: [string, string][] = [
    ['Write about it', '/write?space={space_id}&again={space_id}'],
    ['Ask a friend', '/friends'],
  ];
  assert.deepEqual(waysWith(links, 'a/b&c'), [
    { title: 'Write about it', url: '/write?space=a%2Fb%26c&again=a%2Fb%26c' },
    { title: 'Ask a friend', url: '/friends' },
  ]);
});

test('what else can be made is taken as it was given', () => {
  assert.deepEqual(waysInstead([['Write a fleet', '/fleets/new']]), [{ title: 'Write a fleet', url: '/fleets/new' }]);
});

test('a host app without such places has no ways', () => {
  assert.deepEqual([waysWith(undefined, 'a'), waysWith([], 'a'), waysInstead(undefined)], [[], [], []]);
});
