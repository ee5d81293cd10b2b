import type { Price, Usage } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, estimateCost } from './cost.ts';

/** Like Nova Lite: no price for cache writes. */
const simple: Price = { inputPerMTokens: 0.06, outputPerMTokens: 0.24, cacheReadPerMTokens: 0.015 };
/** Like Claude Haiku 4.5 in a Region. */
const cached: Price = {
  inputPerMTokens: 1.1,
  outputPerMTokens: 5.5,
  cacheReadPerMTokens: 0.11,
  cacheWritePerMTokens: 1.375,
  cacheWrite1hPerMTokens: 2.2,
};
/** Like GPT-5.4: dearer past 272,000 tokens, without cache rates there. */
const long: Price = {
  inputPerMTokens: 2.75,
  outputPerMTokens: 16.5,
  cacheReadPerMTokens: 0.275,
  longContext: { thresholdTokens: 272_000, inputPerMTokens: 5.5, outputPerMTokens: 24.75 },
};
const longCached: Price = {
  ...cached,
  longContext: {
    thresholdTokens: 200_000,
    inputPerMTokens: 2.2,
    outputPerMTokens: 8.25,
    cacheReadPerMTokens: 0.22,
    cacheWritePerMTokens: 2.75,
    cacheWrite1hPerMTokens: 4.4,
  },
};
const unpriced: Price = { inputPerMTokens: null, outputPerMTokens: null };

const cases: [name: string, price: Price, usage: Usage | undefined, dollars: number | null][] = [
  // 9 × 0.06 + 12 × 0.24 = 0.54 + 2.88 = 3.42, per million
  ['input and output', simple, { inputTokens: 9, outputTokens: 12 }, 0.00000342],
  // 1,000,000 × 0.06 + 1,000,000 × 0.24 = 60,000 + 240,000 = 300,000, per million
  ['a million of each', simple, { inputTokens: 1_000_000, outputTokens: 1_000_000 }, 0.3],
  // 1,000,000 × 0.015 = 15,000, per million
  ['cache reads', simple, { inputTokens: 0, outputTokens: 0, cacheReadTokens: 1_000_000 }, 0.015],
  // 1,000 × 1.1 + 500 × 5.5 + 20,000 × 0.11 = 1,100 + 2,750 + 2,200 = 6,050, per million
  ['cache reads beside input', cached, { inputTokens: 1000, outputTokens: 500, cacheReadTokens: 20_000 }, 0.00605],
  // 1,000 × 1.1 + 500 × 5.5 + 8,000 × 1.375 = 1,100 + 2,750 + 11,000 = 14,850, per million
  ['cache writes for five minutes', cached, { inputTokens: 1000, outputTokens: 500, cacheWriteTokens: 8000 }, 0.01485],
  // 1,000 × 1.1 + 500 × 5.5 + 8,000 × 2.2 = 1,100 + 2,750 + 17,600 = 21,450, per million
  ['cache writes for an hour', cached, { inputTokens: 1000, outputTokens: 500, cacheWriteTokens: 8000, cacheWrite1hTokens: 8000 }, 0.02145],
  // the 8,000 hold 3,000 of an hour: 1,100 + 2,750 + 5,000 × 1.375 + 3,000 × 2.2 = 3,850 + 6,875 + 6,600 = 17,325, per million
  [
    'cache writes of both kinds',
    cached,
    { inputTokens: 1000, outputTokens: 500, cacheWriteTokens: 8000, cacheWrite1hTokens: 3000 },
    0.017325,
  ],
  // 2,000 × 2.2 = 4,400, per million: the total of writes was not told, and is no less than its part
  ['cache writes of which only the part of an hour is told', cached, { inputTokens: 0, outputTokens: 0, cacheWrite1hTokens: 2000 }, 0.0044],
  // 100 × 1.1 + 50 × 5.5 + 4,000 × 0.11 + 600 × 1.375 + 400 × 2.2 = 110 + 275 + 440 + 825 + 880 = 2,530, per million
  [
    'every kind of token at once',
    cached,
    { inputTokens: 100, outputTokens: 50, cacheReadTokens: 4000, cacheWriteTokens: 1000, cacheWrite1hTokens: 400 },
    0.00253,
  ],
  // 272,000 × 2.75 + 1,000 × 16.5 = 748,000 + 16,500 = 764,500, per million
  ['input at the threshold', long, { inputTokens: 272_000, outputTokens: 1000 }, 0.7645],
  // 272,001 × 5.5 + 1,000 × 24.75 = 1,496,005.5 + 24,750 = 1,520,755.5, per million: the whole call, not what is past the threshold
  ['input past the threshold', long, { inputTokens: 272_001, outputTokens: 1000 }, 1.5207555],
  // output counts nothing towards the threshold: 1,000 × 2.75 + 300,000 × 16.5 = 2,750 + 4,950,000 = 4,952,750, per million
  ['output past the threshold', long, { inputTokens: 1000, outputTokens: 300_000 }, 4.95275],
  // 1,000 + 150,000 + 60,000 = 211,000 > 200,000:
  // 1,000 × 2.2 + 100 × 8.25 + 150,000 × 0.22 + 40,000 × 2.75 + 20,000 × 4.4 = 2,200 + 825 + 33,000 + 110,000 + 88,000 = 234,025, per million
  [
    'input that is past the threshold with its cache',
    longCached,
    { inputTokens: 1000, outputTokens: 100, cacheReadTokens: 150_000, cacheWriteTokens: 60_000, cacheWrite1hTokens: 20_000 },
    0.234025,
  ],
  [
    'cache reads past the threshold, whose rate is not known there',
    long,
    { inputTokens: 1000, outputTokens: 1, cacheReadTokens: 272_000 },
    null,
  ],
  ['cache writes without a price', simple, { inputTokens: 1, outputTokens: 1, cacheWriteTokens: 5 }, null],
  // 1,000,000 × 0.06 = 60,000, per million
  ['no price for tokens that were not used', simple, { inputTokens: 1_000_000, outputTokens: 0, cacheWriteTokens: 0 }, 0.06],
  [
    'no rate for an hour that was used',
    { ...cached, cacheWrite1hPerMTokens: null },
    { inputTokens: 1, outputTokens: 1, cacheWriteTokens: 9, cacheWrite1hTokens: 4 },
    null,
  ],
  ['a null price that was used', unpriced, { inputTokens: 1, outputTokens: 0 }, null],
  ['no tokens, whatever is unknown', unpriced, { inputTokens: 0, outputTokens: 0 }, 0],
  ['nobody counted', cached, undefined, null],
];

describe('costOf', () => {
  it.each(cases)('prices %s', (_, price, usage, dollars) => {
    expect(costOf({ usage, price })).toBe(dollars);
  });

  const kinds = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens'] as const;
  const count = fc.nat({ max: 2_000_000 });
  const usages = fc
    .record({
      inputTokens: count,
      outputTokens: count,
      cacheReadTokens: count,
      cacheWriteTokens: count,
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(({ part, ...usage }) => ({ ...usage, cacheWrite1hTokens: Math.floor(part * usage.cacheWriteTokens) }));
  const rate = fc.integer({ min: 0, max: 10_000 }).map((cents) => cents / 100);
  const rates = fc.record({
    inputPerMTokens: rate,
    outputPerMTokens: rate,
    cacheReadPerMTokens: rate,
    cacheWritePerMTokens: rate,
    cacheWrite1hPerMTokens: rate,
  });
  /** Long input costs at least as much as short. */
  const prices = fc
    .record({ base: rates, factor: fc.integer({ min: 1, max: 3 }), thresholdTokens: fc.integer({ min: 1, max: 1_000_000 }) })
    .map(({ base, factor, thresholdTokens }) => ({
      ...base,
      longContext: { thresholdTokens, ...Object.fromEntries(Object.entries(base).map(([name, value]) => [name, value * factor])) },
    })) as fc.Arbitrary<Price & { longContext: NonNullable<Price['longContext']> }>;

  it('never falls when there are more tokens of a kind', () => {
    fc.assert(
      fc.property(usages, prices, fc.constantFrom(...kinds), count, (usage, price, kind, more) => {
        const cost = costOf({ usage, price }) ?? Number.NaN;
        expect(cost).toBeGreaterThanOrEqual(0);
        expect(costOf({ usage: { ...usage, [kind]: usage[kind] + more }, price })).toBeGreaterThanOrEqual(cost);
      }),
    );
  });

  it('is null when, and only when, a rate that is used is not known', () => {
    const rateOf = { inputTokens: 'inputPerMTokens', outputTokens: 'outputPerMTokens', cacheReadTokens: 'cacheReadPerMTokens' } as const;
    fc.assert(
      fc.property(
        usages,
        prices,
        fc.constantFrom('inputTokens', 'outputTokens', 'cacheReadTokens'),
        fc.boolean(),
        (usage, price, kind, isUsed) => {
          const { longContext: _, ...short } = price;
          const spent = { ...usage, [kind]: isUsed ? usage[kind] + 1 : 0 };
          expect(costOf({ usage: spent, price: { ...short, [rateOf[kind]]: null } }) === null).toBe(isUsed);
        },
      ),
    );
  });

  it('charges every token of a call at one set of rates: that of long context past the threshold', () => {
    fc.assert(
      fc.property(usages, prices, (usage, price) => {
        const { longContext, ...short } = price;
        const isLong = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens > longContext.thresholdTokens;
        expect(costOf({ usage, price })).toBe(costOf({ usage, price: isLong ? longContext : short }));
      }),
    );
  });
});

describe('estimateCost', () => {
  it.each([
    // 2,000 × 1.1 + 300 × 5.5 = 2,200 + 1,650 = 3,850, per million
    ['as if nothing were cached', cached, 2000, 300, 0.00385],
    // 300,000 × 5.5 + 100 × 24.75 = 1,650,000 + 2,475 = 1,652,475, per million
    ['with the rates of long context', long, 300_000, 100, 1.652475],
    ['as not known without a price', unpriced, 2000, 300, null],
  ])('estimates %s', (_, price, inputTokens, outputTokens, dollars) => {
    expect(estimateCost({ inputTokens, outputTokens, price })).toBe(dollars);
  });
});
