import './window';
import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import type { Clip, Hold } from '../src/core/clip-types';
import { clipWords } from '../src/core/clip-words';
import type { Deps } from '../src/core/deps';
import type { Profile } from '../src/core/types';
import { newClip, offer, settled, type Shared } from '../src/elements/clip/clip-making';
import { chips, noteOf } from '../src/elements/clip/clip-parts';
import { provide } from '../src/elements/context';
import { drawn } from './drawn';

Object.assign(globalThis, { document: new EventTarget() });

const person = (user_id: string, name: string): Profile => ({ user_id, username: user_id, name, avatar_url: '', url: '' });
const heard = (...names: string[]) => names.map((name) => ({ profile: person(name.toLowerCase(), `${name} Somebody`), seconds: 7 }));
const hold: Hold = {
  from_s: 300.5, to_s: 360.5, step_ms: 100, peaks: [], turns: [], people: [], url: '', needs: [],
  ends_at: '2026-11-23T10:00:00.000Z', held_until: null,
};
const clip = (over: Partial<Clip> = {}): Clip => ({
  id: 'cL1pcL1pcL1pc', space_id: 'x', state: 'making', title: '', words: '', url: null, url_expires_at: null, page_url: '/c',
  duration_s: 20, speakers: [], waits_for: [], ...over,
});

test('a clip of a running Space ends at a moment, one of a replay begins at a place', () => {
  const chosen = { from: 20, seconds: 22 };
  const said = { title: ' The hospital ', words: '' };
  assert.deepEqual(newClip({ space_id: 'x' }, hold, chosen, said), {
    ends_at: '2026-11-23T09:59:42.000Z', seconds: 22, title: 'The hospital',
  });
  assert.deepEqual(newClip({ space_id: 'x', at_s: 330 }, hold, chosen, { title: '', words: 'So true' }), {
    from_s: 320.5, seconds: 22, words: 'So true',
  });
});

test('what those who are heard agreed to is said by how many they are', () => {
  const said = (...names: string[]) => noteOf(heard(...names), [], 'grace').text;
  assert.equal(said('Ada', 'Margaret'), 'Both agreed to clips in this Space. Either can take this one back later.');
  assert.equal(said('Ada'), 'Ada agreed to clips in this Space, and can take this one back later.');
  assert.equal(said('Ada', 'Alan', 'Kwame'), 'All three agreed to clips in this Space. Any of them can take this one back later.');
  assert.equal(said('Grace'), 'Only your own voice is in it. You can take it back later.');
  assert.equal(said(), clipWords.nothing);
});

test('who is asked first is named, and nobody is asked for their own voice', () => {
  const both = heard('Margaret', 'Grace');
  const asked = noteOf(both, ['margaret', 'grace'], 'grace');
  assert.equal(asked.text, 'Margaret is asked first. Until then only you can hear it.');
  assert.deepEqual(asked.asked.map(({ user_id }) => user_id), ['margaret']);
  assert.equal(noteOf(both, ['ada'], 'grace').isAsked, false);
  assert.equal(noteOf(heard('Ada', 'Alan'), ['ada', 'alan'], 'grace').text, 'Ada and Alan are asked first. Until then only you can hear it.');
  assert.deepEqual([clipWords.ask(['Margaret']), clipWords.ask(['Ada', 'Alan'])], ['Ask Margaret', 'Ask them']);
});

test('the sheet says how much there is to choose from', () => {
  assert.equal(clipWords.lastOf(60), 'The last minute. Keep up to 30 seconds of it.');
  assert.equal(clipWords.lastOf(44.6), 'The last 45 seconds. Keep up to 30 seconds of it.');
  assert.equal(clipWords.lastOf(12), 'The last 12 seconds.');
  assert.equal(clipWords.minuteOf(61), clipWords.minuteOf(60), 'a minute of whole segments is no minute');
  assert.equal(clipWords.minuteOf(60), 'A minute of the replay. Keep up to 30 seconds of it.');
});

test('a handle is read aloud by how long ago it is', () => {
  assert.equal(clipWords.before(38.1, 22), '38.1 seconds ago, 22 seconds kept');
  assert.equal(clipWords.before(0, 1), 'now, 1 second kept');
  assert.equal(clipWords.at('31:24', 22), 'at 31:24, 22 seconds kept');
});

test('who talks is named with their seconds, the member as You', () => {
  const text = drawn(chips(heard('Margaret', 'Grace'), 'grace'));
  assert.match(text, /Margaret 7 s/);
  assert.match(text, /You 7 s/);
});

async function wait(...answers: (Clip | Error)[]): Promise<{ clip: Clip; asked: number }> {
  let asked = 0;
  const call = async () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  provide({ api: { call } } as unknown as Deps);
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  try {
    const first = answers[0] instanceof Error ? clip() : (answers[0] as Clip);
    let result: Clip | undefined;
    void settled(first).then((found) => (result = found));
    while (!result) {
      await Promise.resolve();
      mock.timers.tick(50);
    }
    return { clip: result, asked };
  } finally {
    mock.timers.reset();
  }
}

test('a clip is waited for until it plays, whatever the network does meanwhile', async () => {
  const found = await wait(clip(), new Error('away'), clip({ state: 'ready', url: '/c.m4a' }));
  assert.equal(found.clip.url, '/c.m4a');
  assert.equal(found.asked, 3);
});

test('one that is ready, or that somebody is asked about, is not waited for', async () => {
  assert.equal((await wait(clip({ state: 'ready' }))).asked, 0);
  assert.equal((await wait(clip({ waits_for: ['ada'] }))).asked, 0);
});

test('the wait ends by itself, and the clip is still there', async () => {
  const found = await wait(clip());
  assert.equal(found.clip.state, 'making');
  assert.ok(found.asked >= 30 && found.asked <= 41, `${found.asked} looks`);
});

test('a host app takes a clip by saying how long it needs; without one nobody took it', async () => {
  assert.equal(await offer(clip(), 'Listen'), false);
  let heardOf: Shared | undefined;
  const take = (answer: Promise<unknown>) => (event: Event) => {
    heardOf = (event as CustomEvent<Shared>).detail;
    heardOf.waitUntil(answer);
  };
  const works = take(Promise.resolve('/posts/1'));
  document.addEventListener('spaces-clip-shared', works);
  assert.equal(await offer(clip(), '  Listen '), true);
  assert.deepEqual([heardOf?.clip.id, heardOf?.words], ['cL1pcL1pcL1pc', 'Listen']);
  document.removeEventListener('spaces-clip-shared', works);
  document.addEventListener('spaces-clip-shared', take(Promise.reject(new Error('422'))));
  await assert.rejects(offer(clip(), ''), /422/);
});
