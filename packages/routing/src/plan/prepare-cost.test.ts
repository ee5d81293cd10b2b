import { estimateCost } from '@signalbox/catalogue/cost';
import type { Price } from '@signalbox/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { prepareCost } from './prepare-cost.ts';

const rate = fc.option(fc.integer({ min: 0, max: 100_000 }).map((thousandths) => thousandths / 1_000));
const rates = fc.record({ inputPerMTokens: rate, outputPerMTokens: rate });
const priceArbitrary: fc.Arbitrary<Price> = fc
  .record({ short: rates, long: fc.option(rates) })
  .map(({ short, long }) => ({ ...short, ...(long && { longContext: { ...long, thresholdTokens: 500 } }) }));
const tokens = fc.oneof(fc.constantFrom(0, 500, 501), fc.integer({ min: 0, max: 1_000_000 }));

it('agrees with the estimate of the catalogue, in what is unknown too', () => {
  fc.assert(
    fc.property(priceArbitrary, tokens, tokens, (price, inputTokens, outputTokens) => {
      const cost = prepareCost(price)(inputTokens, outputTokens);
      const estimate = estimateCost({ inputTokens, outputTokens, price });
      if (estimate === null) expect(cost).toBeNaN();
      else expect(Math.abs(cost - estimate)).toBeLessThanOrEqual(1e-10 * estimate);
    }),
    { numRuns: 1_000 },
  );
});
