import assert from 'node:assert/strict';
import test from 'node:test';
import { createIntents } from '../src/room/intent';

function kept(): Storage & { texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  } as never;
}

const INTENT = { space_id: 'space', user_id: 'grace', muted: true, volume: 0.5 };

test('the next page finds the intent for thirty seconds', () => {
  let now = 1000;
  const storage = kept();
  const intents = createIntents(() => storage, () => now);
  intents.save(INTENT);
  now += 29_999;
  assert.deepEqual(intents.fresh('grace'), INTENT);
  now += 1;
  assert.equal(intents.fresh('grace'), null);
});

test('who listens anonymously does so on the next page too', () => {
  const intents = createIntents(() => storage);
  const storage = kept();
  intents.save({ ...INTENT, is_anonymous: true });
  assert.equal(intents.fresh('grace')?.is_anonymous, true);
});

test('somebody else who signs in on this tab does not find it, nor does nobody', () => {
  const storage = kept();
  const intents = createIntents(() => storage);
  intents.save(INTENT);
  assert.deepEqual([intents.fresh('tim'), intents.fresh('')], [null, null]);
});

test('who listens signed out goes on signed out alone', () => {
  const intents = createIntents(() => storage);
  const storage = kept();
  intents.save({ ...INTENT, user_id: '' });
  assert.equal(intents.fresh('grace'), null);
  assert.equal(intents.fresh('')?.space_id, INTENT.space_id);
});

test('a cleared or a broken intent is none', () => {
  const storage = kept();
  const intents = createIntents(() => storage);
  intents.save(INTENT);
  intents.clear();
  assert.equal(intents.fresh('grace'), null);
  storage.texts.set('spaces.intent', '{');
  assert.equal(intents.fresh('grace'), null);
});

test('a browser that forbids storage means no intent, and no error', () => {
  const intents = createIntents(() => {
    throw new DOMException('', 'SecurityError');
  });
  intents.save(INTENT);
  intents.clear();
  assert.equal(intents.fresh('grace'), null);
});
