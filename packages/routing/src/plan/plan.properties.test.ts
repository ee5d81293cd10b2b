import type { RoutingTable } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestFeatures } from '../features/request-features.ts';
import { makeRandom } from '../testing/make-random.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { requestArbitrary, sharesArbitrary, tableArbitrary } from '../testing/table-arbitrary.ts';
import { estimatedCostAt } from './estimate.ts';
import { knowsLanguage } from './find-exclusion.ts';
import { firstPlaceOdds, nobodyOdds } from './first-place-odds.ts';
import { lineUp } from './line-up.ts';
import type { Shares } from './overlay-shares.ts';
import { type PlanInput, plan } from './plan.ts';
import type { Plan } from './planned-target.ts';
import { prepareRoute } from './prepare-route.ts';

const inputArbitrary: fc.Arbitrary<Omit<PlanInput, 'random'>> = fc
  .tuple(tableArbitrary, requestArbitrary, sharesArbitrary)
  .map(([made, request, shares]) => ({ ...made, request, shares }));

const everyId = ({ targets, excluded, heldOut }: Plan) => [
  ...targets.map(({ target }) => target.id),
  ...excluded.map(({ target }) => target),
  ...heldOut,
];
const lineOf = (input: Omit<PlanInput, 'random'>) =>
  lineUp({ shares: undefined, latencyOf: undefined, ...input, prepared: prepareRoute(input.table, input.route) });

describe('every plan', () => {
  it('has each target of the route once: in the order, excluded or held out', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.nat(), (input, seed) => {
        const planned = plan({ ...input, random: makeRandom(seed) });
        expect(everyId(planned).sort()).toEqual(Object.keys(input.table.targets).sort());
      }),
      { numRuns: 500 },
    );
  });

  it('has probabilities above 0 up to 1, one first draw, and candidates before fallbacks', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.nat(), (input, seed) => {
        const { targets } = plan({ ...input, random: makeRandom(seed) });
        for (const [place, { probability, isFirstDraw, isFallback }] of targets.entries()) {
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThanOrEqual(1);
          expect(isFirstDraw).toBe(place === 0);
          if (isFallback) expect(targets.slice(place).every((later) => later.isFallback)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has probabilities above 0 up to 1 by weights of any size', () => {
    const weights = fc.array(fc.double({ min: 1e-3, max: 1e17, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.nat(), (each, seed) => {
        const candidates = each.map((weight, index) => ({ target: `t${index}`, weight }));
        const made = makeTable({
          targets: candidates.map(({ target }) => makeTarget(target)),
          route: { strategy: 'weighted', candidates },
        });
        const { targets } = plan({ request: makeRequest(), ...made, random: makeRandom(seed) });
        expect(targets).toHaveLength(each.length);
        for (const { probability } of targets) expect(probability > 0 && probability <= 1).toBe(true);
      }),
    );
  });

  it('has no target that does not meet what the request requires', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.nat(), (input, seed) => {
        const { request, route } = input;
        const { requirements = {} } = request;
        for (const { target, degraded } of plan({ ...input, random: makeRandom(seed) }).targets) {
          const regions = target.processingRegions === undefined ? [target.region] : target.processingRegions;
          const needed = [...request.inputModalities, ...(requirements.inputModalities ?? [])];
          expect(needed.every((modality) => target.inputModalities.includes(modality))).toBe(true);
          expect(requirements.capabilities?.every((capability) => target.capabilities.includes(capability))).not.toBe(false);
          for (const allowed of [requirements.regions, route.residency]) {
            if (allowed) expect(regions?.every((region) => allowed.includes(region))).toBe(true);
          }
          const known = target.languages;
          if (known) expect(requirements.languages?.every((language) => knowsLanguage(known, language))).not.toBe(false);
          if (requirements.degrade === 'never') expect(degraded).toBeUndefined();
          expect(target.contextTokens ?? Infinity).toBeGreaterThanOrEqual(requirements.minContextTokens ?? 0);
          expect(target.measured?.quality ?? 0).toBeGreaterThanOrEqual(requirements.minQuality ?? 0);
          const { maxCostUsd } = requirements;
          if (maxCostUsd !== undefined) expect(estimatedCostAt(target, input) ?? Infinity).toBeLessThanOrEqual(maxCostUsd);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('asks no failover above the price ceiling of the first', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.nat(), (input, seed) => {
        const [first, ...later] = plan({ ...input, random: makeRandom(seed) }).targets;
        const firstCost = first ? estimatedCostAt(first.target, input) : null;
        if (firstCost === null || input.route.priceCeiling === undefined) return;
        for (const { target } of later) {
          expect(estimatedCostAt(target, input) ?? 0).toBeLessThanOrEqual(input.route.priceCeiling * firstCost * (1 + 1e-9));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of the keys of the table', () => {
    const reversed = (table: RoutingTable): RoutingTable => ({
      ...table,
      targets: Object.fromEntries(Object.entries(table.targets).reverse()),
    });
    fc.assert(
      fc.property(inputArbitrary, fc.nat(), (input, seed) => {
        const other = plan({ ...input, table: reversed(input.table), random: makeRandom(seed) });
        expect(other).toEqual(plan({ ...input, random: makeRandom(seed) }));
      }),
    );
  });
});

describe('the probability of the first place', () => {
  it('sums to 1 with the probability that nobody enters, over all targets', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const line = lineOf(input);
        const targets = Object.values(input.table.targets);
        const sum = targets.reduce((total, target) => total + firstPlaceOdds(line, target), nobodyOdds(line));
        expect(sum).toBeCloseTo(1, 10);
      }),
      { numRuns: 500 },
    );
  });

  it('is what going through every case by hand comes to', () => {
    fc.assert(
      fc.property(weightedArbitrary, ({ made, shares }) => {
        const input = { ...made, request: makeRequest(), shares: (({ id }) => shares[id] ?? 1) satisfies Shares };
        const line = lineOf(input);
        const byHand = goThroughCases(made.route.candidates, made.route.fallbacks, shares);
        for (const [id, target] of Object.entries(made.table.targets)) {
          expect(firstPlaceOdds(line, target)).toBeCloseTo(byHand.get(id) ?? 0, 10);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is how often the target comes first: by draws, and over the sessions of a sticky route', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.nat(), (input, seed) => {
        const random = makeRandom(seed);
        const { stickyBy, ...route } = input.route;
        expectFrequencies(() => plan({ ...input, route, random }));
        const sticky = { ...input.route, stickyBy: 'sessionId' };
        expectFrequencies((index) => plan({ ...input, route: sticky, request: inSession(input.request, `${seed}-${index}`), random }));
      }),
      { numRuns: 25 },
    );
  });
});

const inSession = (request: RequestFeatures, sessionId: string): RequestFeatures => ({ ...request, sessionId });

/** Holds each first place against the probability that it states, within five standard deviations. */
function expectFrequencies(planOnce: (index: number) => Plan): void {
  const draws = 2_000;
  const seen = new Map<string, { count: number; probability: number }>();
  for (let index = 0; index < draws; index++) {
    const first = planOnce(index).targets[0];
    if (!first) continue;
    const { count } = seen.get(first.target.id) ?? { count: 0 };
    seen.set(first.target.id, { count: count + 1, probability: first.probability });
  }
  for (const { count, probability } of seen.values()) {
    const deviation = Math.sqrt((probability * (1 - probability)) / draws);
    expect(Math.abs(count / draws - probability)).toBeLessThanOrEqual(5 * deviation + 5 / draws);
  }
}

const shareArbitrary = fc.constantFrom(0, 0.1, 0.5, 0.9, 1);
const weightedArbitrary = fc
  .record({
    candidates: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), tier: fc.nat(2), share: shareArbitrary }), {
      minLength: 1,
      maxLength: 5,
    }),
    fallbacks: fc.array(shareArbitrary, { maxLength: 2 }),
  })
  .map(({ candidates, fallbacks }) => {
    const shares = Object.fromEntries([
      ...candidates.map(({ share }, index) => [`c${index}`, share]),
      ...fallbacks.map((share, index) => [`f${index}`, share]),
    ]);
    const weighted = candidates.map(({ weight, tier }, index) => ({ target: `c${index}`, weight, tier }));
    const targets = Object.keys(shares).map((id) => makeTarget(id));
    const made = makeTable({
      targets,
      route: { strategy: 'weighted', candidates: weighted, fallbacks: fallbacks.map((_, index) => `f${index}`) },
    });
    return { made, shares };
  });

type Candidate = { target: string; weight: number; tier?: number | undefined };

/** The odds of every first place, by going through who enters and which tier is drawn, as the documents say it and not as the code does. */
function goThroughCases(
  candidates: readonly Candidate[],
  fallbacks: readonly string[],
  shares: Record<string, number>,
): Map<string, number> {
  const odds = new Map<string, number>();
  const ids = Object.keys(shares);
  const tiers = [...new Set(candidates.map(({ tier = 0 }) => tier))].sort();
  const loads = loadsByHand(
    tiers.map((tier) => candidates.filter((one) => (one.tier ?? 0) === tier)),
    shares,
  );
  for (let mask = 0; mask < 2 ** ids.length; mask++) {
    const entered = new Set(ids.filter((_, index) => mask & (1 << index)));
    const chance = ids.reduce((product, id) => product * (entered.has(id) ? (shares[id] ?? 1) : 1 - (shares[id] ?? 1)), 1);
    for (const [drawn, load] of loads.entries()) {
      const order = [tiers[drawn], ...tiers.filter((_, index) => index !== drawn)];
      const group = order
        .map((tier) => candidates.filter((one) => (one.tier ?? 0) === tier && entered.has(one.target)))
        .find(({ length }) => length > 0);
      const fallback = fallbacks.find((id) => entered.has(id));
      const drawnFrom = group ?? (fallback ? [{ target: fallback, weight: 1 }] : []);
      const total = drawnFrom.reduce((sum, { weight }) => sum + weight, 0);
      for (const { target, weight } of drawnFrom) odds.set(target, (odds.get(target) ?? 0) + (chance * load * weight) / total);
    }
  }
  return odds;
}

function loadsByHand(tiers: readonly (readonly Candidate[])[], shares: Record<string, number>): number[] {
  let rest = 1;
  const loads = tiers.map((tier) => {
    const health =
      tier.reduce((sum, { target, weight }) => sum + weight * (shares[target] ?? 1), 0) / tier.reduce((sum, { weight }) => sum + weight, 0);
    const somebody = 1 - tier.reduce((product, { target }) => product * (1 - (shares[target] ?? 1)), 1);
    const load = somebody === 0 ? 0 : Math.min(rest, (1.4 * health) / somebody);
    rest -= load;
    return load;
  });
  const total = loads.reduce((sum, load) => sum + load, 0);
  return total === 0 ? loads.map((_, index) => (index === 0 ? 1 : 0)) : loads.map((load) => load / total);
}
