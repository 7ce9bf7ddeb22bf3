import assert from 'node:assert/strict';
import test from 'node:test';
import { follow, loudness, step } from '../src/core/levels';

test('loudness runs from silence at -50 dBFS to full at -10 dBFS', () => {
  const at = (decibels: number) => loudness(10 ** (decibels / 20));
  assert.deepEqual([loudness(0), at(-60), Math.round(at(-30) * 100), at(-10), at(0)], [0, 0, 50, 1, 1]);
});

test('a ring rises within 60 ms and falls within 250 ms by the same share', () => {
  const share = 1 - 1 / Math.E;
  assert.ok(Math.abs(follow(0, 1, 60) - share) < 1e-9);
  assert.ok(Math.abs(follow(1, 0, 250) - (1 - share)) < 1e-9);
  assert.ok(follow(0, 1, 100) > 1 - follow(1, 0, 100));
});

test('no time leaves the level where it is, much time brings it to the target', () => {
  assert.equal(step(follow(0.25, 1, 0)), 0.25);
  assert.equal(step(follow(0.3, 1, 10_000)), 1);
});

test('what is drawn are eight steps', () => {
  const drawn = new Set(Array.from({ length: 101 }, (_, percent) => step(percent / 100)));
  assert.equal(drawn.size, 9);
});
