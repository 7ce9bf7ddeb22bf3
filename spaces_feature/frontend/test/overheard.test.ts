import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { overhear } from '../src/room/overheard';

/** Lets one look after the other pass, each with what is measured then. */
async function looks(t: TestContext, measured: number[]): Promise<{ talking: boolean[]; changes: number }> {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let amplitude = 0;
  let changes = 0;
  const overheard = overhear(
    async () => new Map([['ada', amplitude]]),
    () => changes++,
  );
  const talking: boolean[] = [];
  for (amplitude of measured) {
    t.mock.timers.tick(250);
    await new Promise((resolve) => setImmediate(resolve));
    talking.push(overheard.identities.includes('ada'));
  }
  overheard.stop();
  return { talking, changes };
}

test('a voice is talking from the first look on, through a short pause', async (t) => {
  const { talking, changes } = await looks(t, [0, 0.3, 0.2, 0.001, 0.001, 0.3]);
  assert.deepEqual(talking, [false, true, true, true, true, true]);
  assert.equal(changes, 1);
});

test('after three silent looks nobody is talking any more', async (t) => {
  const { talking, changes } = await looks(t, [0.3, 0, 0, 0, 0]);
  assert.deepEqual(talking, [true, true, true, false, false]);
  assert.equal(changes, 2);
});
