import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byIntegral, oddsInGroup } from './odds-in-group.ts';

const contender = fc.record({
  weight: fc.double({ min: 0.01, max: 1_000, noNaN: true }),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
});

it('is the weight among the weights when everyone enters', () => {
  const [a, b] = [
    { weight: 3, share: 1 },
    { weight: 1, share: 1 },
  ];
  expect(oddsInGroup(a, [a, b])).toBe(0.75);
  expect(oddsInGroup(b, [a, b])).toBe(0.25);
});

it('counts what falls to one when another stays out', () => {
  const [a, b] = [
    { weight: 3, share: 0.5 },
    { weight: 1, share: 1 },
  ];
  expect(oddsInGroup(a, [a, b])).toBe(0.375);
  expect(oddsInGroup(b, [a, b])).toBe(0.5 + 0.5 * 0.25);
});

it('is the same by the integral as by going through every combination', () => {
  fc.assert(
    fc.property(fc.array(contender, { minLength: 1, maxLength: 8 }), (group) => {
      for (const own of group) {
        const others = group.filter((one) => one !== own);
        expect(own.share * byIntegral(own, others)).toBeCloseTo(oddsInGroup(own, group), 8);
      }
    }),
    { numRuns: 60 },
  );
});

it('sums to the probability that somebody enters, for groups too large to enumerate', () => {
  fc.assert(
    fc.property(fc.array(contender, { minLength: 14, maxLength: 30 }), (group) => {
      const somebody = 1 - group.reduce((odds, { share }) => odds * (1 - share), 1);
      expect(group.reduce((sum, own) => sum + oddsInGroup(own, group), 0)).toBeCloseTo(somebody, 7);
    }),
    { numRuns: 20 },
  );
});
