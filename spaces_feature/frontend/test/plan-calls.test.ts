import assert from 'node:assert/strict';
import test from 'node:test';
import { planCalls } from '../src/core/plan-calls';

test('ids are escaped in paths, and answers come without their wrapping', async () => {
  const asked: unknown[] = [];
  const answers: unknown[] = [{ level: 'all' }, { level: 'off' }, { data: ['post'] }, {}];
  const calls = planCalls({
    call: async <T>(...call: unknown[]) => {
      asked.push(call);
      return answers.shift() as T;
    },
  });
  assert.equal(await calls.bell('a/b'), 'all');
  assert.equal(await calls.setBell('a/b', 'off'), 'off');
  assert.deepEqual(await calls.pins('space'), ['post']);
  await calls.pin('space', 'post/7');
  assert.deepEqual(asked, [
    ['GET', '/bells/a%2Fb', undefined],
    ['PUT', '/bells/a%2Fb', { level: 'off' }],
    ['GET', '/spaces/space/cards'],
    ['PUT', '/spaces/space/cards/post%2F7'],
  ]);
});
