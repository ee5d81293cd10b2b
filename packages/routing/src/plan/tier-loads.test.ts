import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { prepareTarget } from './prepare-target.ts';
import { tierAt, tierLoads, tierOrder } from './tier-loads.ts';

const { route } = makeTable({ targets: [makeTarget('any')] });
type Member = { weight: number; share: number };

function loadsOf(tiers: readonly (readonly Member[])[]): number[] {
  const shares = new Map<string, number>();
  const prepared = tiers.map((tier, index) =>
    tier.map(({ weight, share }, place) => {
      const id = `t${index}-${place}`;
      shares.set(id, share);
      return prepareTarget(makeTarget(id), route, { weight, isFallback: false });
    }),
  );
  return tierLoads(prepared, ({ target }) => shares.get(target.id) ?? 1);
}
const members = (...shares: number[]) => shares.map((share) => ({ weight: 1, share }));

describe('tierLoads', () => {
  it.each<[string, Member[][], number[]]>([
    ['sends all to a well first tier', [members(1, 1), members(1)], [1, 0]],
    ['lets a first tier keep all while 1.4 times its health covers it', [members(1, 1, 1, 0), members(1)], [1, 0]],
    ['spills what 1.4 times its health does not cover', [members(1, 0), members(1)], [0.7, 0.3]],
    [
      'weighs health by weight',
      [
        [
          { weight: 1, share: 1 },
          { weight: 4, share: 0 },
        ],
        members(1),
      ],
      [0.28, 0.72],
    ],
    ['passes a tier that is out', [members(0), members(1), members(1)], [0, 1, 0]],
    ['scales up when all together have too little', [members(1, 0, 0), members(1, 0, 0)], [0.5, 0.5]],
    ['does not take from a lone target twice what its share takes', [members(0.5), members(1)], [1, 0]],
    ['starts with the first when everyone is out', [members(0), members(0)], [1, 0]],
  ])('%s', (_, tiers, expected) => {
    for (const [tier, load] of loadsOf(tiers).entries()) expect(load).toBeCloseTo(expected[tier] ?? Number.NaN, 12);
  });

  it('gives loads that sum to 1, each within 0 to 1', () => {
    const member = fc.record({ weight: fc.integer({ min: 1, max: 100 }), share: fc.double({ min: 0, max: 1, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(fc.array(member, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }), (tiers) => {
        const loads = loadsOf(tiers);
        expect(loads.reduce((sum, load) => sum + load, 0)).toBeCloseTo(1, 9);
        for (const load of loads) expect(load >= 0 && load <= 1 + 1e-9).toBe(true);
      }),
    );
  });
});

describe('tierAt', () => {
  it.each([
    [0, 0],
    [0.69, 0],
    [0.7, 2],
    [1, 2],
  ])('finds at %d the tier %d of loads 0.7, 0, 0.3', (point, tier) => {
    expect(tierAt([0.7, 0, 0.3], point)).toBe(tier);
  });

  it('never falls past the end on a tier without load', () => {
    expect(tierAt([0.5, 0.49999999999, 0], 0.9999999999999)).toBe(1);
  });
});

it('asks the drawn tier first, then the others as they are written', () => {
  expect(tierOrder(['a', 'b', 'c'], 1)).toEqual(['b', 'a', 'c']);
  expect(tierOrder(['a', 'b', 'c'], 0)).toEqual(['a', 'b', 'c']);
  expect(tierOrder([], 0)).toEqual([]);
});
