import { expect, it } from 'vitest';
import { createHedgeBudget } from './hedge-budget.ts';
import { createRetryBudget } from './retry-budget.ts';
import { createTokenBucket } from './token-bucket.ts';

function takeAll(bucket: { take: () => boolean }): number {
  let taken = 0;
  while (bucket.take()) taken++;
  return taken;
}

it('gives what it has, and then nothing', () => {
  const bucket = createTokenBucket({ gain: 1, cap: 5, initial: 2 });
  expect([bucket.take(), bucket.take(), bucket.has(), bucket.take()]).toEqual([true, true, false, false]);
});

it.each([
  [0.2, 5],
  [0.1, 10],
  [0.05, 20],
  [1 / 3, 3],
])('earns a token by shares of %f after %i times, whatever the sum of fractions says', (gain, times) => {
  const bucket = createTokenBucket({ gain, cap: 10, initial: 0 });
  for (let index = 1; index < times; index++) bucket.earn();
  expect(bucket.has()).toBe(false);
  bucket.earn();
  expect(bucket.take()).toBe(true);
});

it('saves up no more than its cap', () => {
  const bucket = createTokenBucket({ gain: 1, cap: 3, initial: 0 });
  for (let index = 0; index < 100; index++) bucket.earn();
  expect(takeAll(bucket)).toBe(3);
});

it('lets a new process retry ten times, and then a fifth of its requests', () => {
  const bucket = createRetryBudget();
  expect(takeAll(bucket)).toBe(10);
  let taken = 0;
  for (let index = 0; index < 1_000; index++) {
    bucket.earn();
    taken += takeAll(bucket);
  }
  expect(taken).toBe(200);
});

it('hedges no more than its share of the requests of a route, each route by itself', () => {
  const budget = createHedgeBudget();
  let taken = 0;
  for (let index = 0; index < 1_000; index++) {
    budget('default', 0.05).earn();
    taken += takeAll(budget('default', 0.05));
    expect(taken).toBeLessThanOrEqual((index + 1) * 0.05);
  }
  expect(taken).toBe(50);
  expect(budget('other', 0.05).has()).toBe(false);
});
