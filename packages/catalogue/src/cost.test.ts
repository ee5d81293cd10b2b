import type { Price, Usage } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { costOf } from './cost.ts';

const price: Price = { inputPerMTokens: 0.06, outputPerMTokens: 0.24, cacheReadPerMTokens: 0.015 };

describe('costOf', () => {
  it.each<[string, Usage | undefined, Price, number | null]>([
    ['prices input and output per million', { inputTokens: 9, outputTokens: 12 }, price, 0.00000342],
    ['prices cache reads apart', { inputTokens: 0, outputTokens: 0, cacheReadTokens: 1_000_000 }, price, 0.015],
    ['is null for cache writes without a price', { inputTokens: 1, outputTokens: 1, cacheWriteTokens: 5 }, price, null],
    ['needs no price for tokens that were not used', { inputTokens: 1_000_000, outputTokens: 0, cacheWriteTokens: 0 }, price, 0.06],
    ['is null when a used price is null', { inputTokens: 1, outputTokens: 0 }, { inputPerMTokens: null, outputPerMTokens: 1 }, null],
    ['is 0 for no tokens, whatever is unknown', { inputTokens: 0, outputTokens: 0 }, { inputPerMTokens: null, outputPerMTokens: null }, 0],
    ['is null when nobody counted', undefined, price, null],
  ])('%s', (_, usage, prices, expected) => {
    const cost = costOf({ usage, price: prices });
    if (expected === null) expect(cost).toBeNull();
    else expect(cost).toBeCloseTo(expected, 12);
  });
});
