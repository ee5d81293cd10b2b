import type { Price } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { estimatedCostAt } from './estimate.ts';
import { ceilingVerdict, isCeilingIdle, outputStretch } from './price-ceiling.ts';

const route = { maxTokens: { default: 1_000, cap: 4_000 } };
const price = (input: number | null, output: number | null): Price => ({ inputPerMTokens: input, outputPerMTokens: output });
const rate = fc.integer({ min: 0, max: 50 });
const priceArbitrary: fc.Arbitrary<Price> = fc
  .record({ inputPerMTokens: rate, outputPerMTokens: rate, longInput: rate, longOutput: rate, isLonger: fc.boolean() })
  .map(({ longInput, longOutput, isLonger, ...rates }) => ({
    ...rates,
    ...(isLonger && { longContext: { thresholdTokens: 5_000, inputPerMTokens: longInput, outputPerMTokens: longOutput } }),
  }));

describe('ceilingVerdict', () => {
  it.each([
    ['within', price(10, 10), price(1, 1), 10],
    ['above', price(11, 11), price(1, 1), 10],
    ['depends', price(5, 11), price(1, 1), 10],
    ['depends', price(null, 11), price(1, 1), 10],
    ['within', price(5, 0), price(1, 0), 10],
    ['above', price(50, 0), price(1, 0), 10],
    ['above', price(1, 1), price(0, 0), 10],
    ['depends', { ...price(5, 5), longContext: { thresholdTokens: 1, ...price(50, 5) } }, price(1, 1), 10],
  ])('says %s', (verdict, own, first, ceiling) => {
    expect(ceilingVerdict(own, first, ceiling)).toBe(verdict);
  });

  it.each([
    ['within', 4_000, null],
    ['within', 9_000, 4_000],
    ['depends', 4_000, 3_000],
    ['within', 3_000, 4_000],
  ])('says %s at one price, when the target may give %s tokens and the first %s', (verdict, most, firstMost) => {
    const [own, first] = [makeTarget('own', { maxOutputTokens: most }), makeTarget('first', { maxOutputTokens: firstMost })];
    expect(ceilingVerdict(own.price, first.price, 1, outputStretch(own, first, route))).toBe(verdict);
    expect(isCeilingIdle([own, first], { ceiling: 1, route })).toBe(verdict === 'within' && most !== 3_000);
  });

  it('is never contradicted by the cost of a call', () => {
    const offer = fc.record({ price: priceArbitrary, maxOutputTokens: fc.option(fc.integer({ min: 1, max: 6_000 })) });
    const tokens = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(
        offer,
        offer,
        fc.integer({ min: 1, max: 10 }),
        tokens,
        tokens,
        (stated, firstStated, ceiling, estimatedInputTokens, maxTokens) => {
          const [own, first] = [makeTarget('own', stated), makeTarget('first', firstStated)];
          const asked = { route: makeTable({ targets: [own], route }).route, request: makeRequest({ estimatedInputTokens, maxTokens }) };
          const cost = estimatedCostAt(own, asked) ?? 0;
          const limit = ceiling * (estimatedCostAt(first, asked) ?? 0);
          const verdict = ceilingVerdict(own.price, first.price, ceiling, outputStretch(own, first, route));
          if (verdict === 'within') expect(cost).toBeLessThanOrEqual(limit * (1 + 1e-9));
          if (verdict === 'above') expect(cost).toBeGreaterThan(limit * (1 - 1e-9));
          if (isCeilingIdle([own, first], { ceiling, route })) expect(verdict).toBe('within');
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
