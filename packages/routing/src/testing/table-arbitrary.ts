import type { BedrockTarget, Price, Requirements, Route, RoutingTable } from '@signalbox/contracts';
import fc from 'fast-check';
import type { RequestFeatures } from '../features/request-features.ts';
import type { Shares } from '../plan/overlay-shares.ts';
import { makeRequest } from './make-request.ts';
import { makeTable, makeTarget } from './make-table.ts';

const REGIONS = ['us-east-1', 'eu-west-1', 'eu-central-1'];
const CAPABILITIES = ['tool-use', 'reasoning'];
const LANGUAGES = ['en', 'pt-BR', 'zh-Hans'];
const STRATEGIES = ['static', 'weighted', 'lowest-cost', 'lowest-latency'] as const;
const tokens = fc.constantFrom(1_000, 8_000, 128_000);

const rate = fc.option(fc.integer({ min: 0, max: 100 }), { freq: 6 });
const priceArbitrary: fc.Arbitrary<Price> = fc
  .record({ inputPerMTokens: rate, outputPerMTokens: rate, isLonger: fc.boolean(), thresholdTokens: tokens })
  .map(({ isLonger, thresholdTokens, ...rates }) => ({
    ...rates,
    ...(isLonger && { longContext: { ...rates, thresholdTokens, inputPerMTokens: 120 } }),
  }));

const statedArbitrary: fc.Arbitrary<Partial<BedrockTarget>> = fc.record(
  {
    region: fc.constantFrom(...REGIONS),
    class: fc.constantFrom('advanced', 'standard', 'simple'),
    capabilities: fc.subarray(CAPABILITIES),
    inputModalities: fc.constantFrom(['text'], ['text', 'image']),
    contextTokens: fc.option(tokens),
    maxOutputTokens: fc.option(tokens),
    price: priceArbitrary,
    processingRegions: fc.option(fc.subarray(REGIONS, { minLength: 1 })),
    languages: fc.subarray(LANGUAGES),
    measured: fc.record(
      { latencyMs: fc.integer({ min: 1, max: 5_000 }), quality: fc.double({ min: 0, max: 1, noNaN: true }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** Tables with one route, `default`, of every kind: strategies, tiers, fallbacks, and targets with any facts known and unknown. */
export const tableArbitrary: fc.Arbitrary<{ table: RoutingTable; route: Route }> = fc
  .record({
    candidates: fc.array(fc.record({ weight: fc.integer({ min: 1, max: 100 }), tier: fc.nat(2), stated: statedArbitrary }), {
      minLength: 1,
      maxLength: 5,
    }),
    fallbacks: fc.array(statedArbitrary, { maxLength: 2 }),
    route: fc.record(
      {
        strategy: fc.constantFrom(...STRATEGIES),
        stickyBy: fc.constantFrom('sessionId', 'tenant', 'labels.team'),
        residency: fc.subarray(REGIONS, { minLength: 2 }),
        priceCeiling: fc.integer({ min: 1, max: 20 }),
      },
      { requiredKeys: ['strategy'] },
    ),
  })
  .map(({ candidates, fallbacks, route }) => {
    const first = candidates.map(({ stated }, index) => makeTarget(`c${index}`, stated));
    const last = fallbacks.map((stated, index) => makeTarget(`f${index}`, stated));
    const weighted = candidates.map(({ weight, tier }, index) => ({ target: `c${index}`, weight, tier }));
    return makeTable({ targets: [...first, ...last], route: { ...route, candidates: weighted, fallbacks: last.map(({ id }) => id) } });
  });

const requirementsArbitrary: fc.Arbitrary<Requirements> = fc.record(
  {
    capabilities: fc.subarray(CAPABILITIES),
    inputModalities: fc.constantFrom(['image' as const]),
    languages: fc.subarray(['en-GB', 'pt', 'zh-Hant']),
    minContextTokens: tokens,
    maxCostUsd: fc.constantFrom(0.001, 0.1, 10),
    minQuality: fc.double({ min: 0, max: 1, noNaN: true }),
    regions: fc.subarray(REGIONS, { minLength: 1 }),
    degrade: fc.constantFrom('allowed', 'never'),
  },
  { requiredKeys: [] },
);

/** Requests short and long, with and without requirements, with and without what routes stick to. */
export const requestArbitrary: fc.Arbitrary<RequestFeatures> = fc
  .record(
    {
      requirements: requirementsArbitrary,
      inputModalities: fc.constantFrom(['text'], ['text', 'image']),
      maxTokens: tokens,
      sessionId: fc.constantFrom('s1', 's2', 's3'),
      labels: fc.constantFrom({ team: 'blue' }),
      inputCharacters: fc.constantFrom(100, 20_000, 1_000_000),
    },
    { requiredKeys: ['inputCharacters'] },
  )
  .map((stated) => makeRequest({ ...stated, estimatedInputTokens: Math.ceil((stated.inputCharacters ?? 0) / 4) }));

/** Shares for the targets of `tableArbitrary`; undefined when all are 1 by nobody having said anything. */
export const sharesArbitrary: fc.Arbitrary<Shares | undefined> = fc.option(
  fc.dictionary(fc.constantFrom('c0', 'c1', 'c2', 'c3', 'c4', 'f0', 'f1'), fc.constantFrom(0, 0.25, 0.5, 1)).map(
    (shares): Shares =>
      ({ id }) =>
        shares[id] ?? 1,
  ),
  { nil: undefined, freq: 3 },
);
