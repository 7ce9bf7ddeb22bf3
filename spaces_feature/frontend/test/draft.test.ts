import assert from 'node:assert/strict';
import test from 'node:test';
import { EMPTY_DRAFT, createDrafts, type Draft } from '../src/core/draft';
import { changesOf, draftOf, newSpaceOf } from '../src/elements/create/create-sending';
import { snapshot } from './builders';

/** As much of a browser's storage as drafts use. */
function shelf() {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  return { kept, drafts: createDrafts(() => storage as Storage) };
}

const typed: Draft = { ...EMPTY_DRAFT, mode: 'later', title: 'Night trains', topic_ids: ['travel'], day: '2026-11-24', time: '19:30' };

test('what was typed is there again until it is sent', () => {
  const { drafts } = shelf();
  drafts.keep('grace', typed);
  assert.deepEqual(drafts.find('grace'), typed);
  drafts.forget();
  assert.equal(drafts.find('grace'), null);
});

test('nobody finds what another member typed in the same tab', () => {
  const { drafts } = shelf();
  drafts.keep('grace', typed);
  assert.equal(drafts.find('ada'), null);
});

test('a draft of an older page is filled up, and a broken one is left', () => {
  const { kept, drafts } = shelf();
  kept.set('spaces-draft', JSON.stringify({ member: 'grace', draft: { title: 'Night trains', topic_ids: 'travel' } }));
  assert.deepEqual(drafts.find('grace'), { ...EMPTY_DRAFT, title: 'Night trains' });
  kept.set('spaces-draft', '{');
  assert.equal(drafts.find('grace'), null);
});

test('a browser without storage keeps nothing and complains of nothing', () => {
  const drafts = createDrafts(() => {
    throw new Error('refused');
  });
  drafts.keep('grace', typed);
  drafts.forget();
  assert.equal(drafts.find('grace'), null);
});

test('only a planned Space is sent with its start and its cover', () => {
  const later = newSpaceOf(typed, '2026-11-24T19:30:00.000Z');
  assert.equal(later.scheduled_start, '2026-11-24T19:30:00.000Z');
  assert.equal(later.cover, 'pine');
  assert.deepEqual(newSpaceOf({ ...typed, mode: 'now' }), { title: 'Night trains', topic_ids: ['travel'], audience: 'everyone', speak: 'everyone' });
});

test('guests come to public Spaces only', () => {
  const open = { ...typed, allows_guests: true };
  assert.equal(newSpaceOf(open).allows_guests, true);
  assert.equal(newSpaceOf({ ...open, audience: 'followers' }).allows_guests, undefined);
});

test('an edit sends what differs and nothing else', () => {
  const { space } = snapshot(1, { space: { state: 'scheduled', scheduled_start: '2026-11-24T19:30:00.000Z' } });
  const draft = draftOf(space, 'Europe/Lisbon');
  assert.deepEqual([draft.day, draft.time], ['2026-11-24', '19:30']);
  assert.deepEqual(changesOf(space, draft, '2026-11-24T19:30:00.000Z'), {});
  assert.deepEqual(changesOf(space, { ...draft, audience: 'followers', cover: 'plum' }, '2026-11-25T19:30:00.000Z'), {
    audience: 'followers',
    cover: 'plum',
    scheduled_start: '2026-11-25T19:30:00.000Z',
  });
});
