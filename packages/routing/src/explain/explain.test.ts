import type { BedrockTarget, OverlayTarget, Requirements, RoutingOverlay } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequestFeatures } from '../features/request-features.ts';
import { plan } from '../plan/plan.ts';
import { makeRandom } from '../testing/make-random.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { requestArbitrary, sharesArbitrary, tableArbitrary } from '../testing/table-arbitrary.ts';
import { explain } from './explain.ts';

const NOW = Date.parse('2026-11-21T15:00:00Z');
const SINCE = Date.parse('2026-11-21T14:03:20Z');
const overlay = (targets: Record<string, Partial<OverlayTarget>>): RoutingOverlay => ({
  schemaVersion: '1.0',
  seq: 1,
  publishedAt: NOW,
  panic: [],
  targets: Object.fromEntries(
    Object.entries(targets).map(([id, stated]) => [
      `${id}@d0`,
      { state: 'open', share: 0, reason: '12 of 14 calls failed', since: SINCE, ...stated },
    ]),
  ),
});
const wordsOf = (entries: readonly { target: string; words: string }[]) =>
  Object.fromEntries(entries.map(({ target, words }) => [target, words]));

describe('explain', () => {
  it('gives order, probability, cost and the words of every target', () => {
    const targets = [makeTarget('small'), makeTarget('large'), makeTarget('simple', { class: 'simple' })];
    const candidates = [
      { target: 'small', weight: 1 },
      { target: 'large', weight: 3 },
    ];
    const made = makeTable({ targets, route: { strategy: 'weighted', candidates, fallbacks: ['simple'] } });
    const explained = explain({ request: makeRequest({ estimatedInputTokens: 1_000 }), ...made, rule: 'short-ones' });
    expect(explained).toMatchObject({ route: 'default', rule: 'short-ones', strategy: 'weighted', orderedBy: 'a draw by weight' });
    expect(explained).toMatchObject({ estimatedInputTokens: 1_000, maxOutputTokens: 1_024, nobodyProbability: 0, leftOut: [] });
    expect(explained.targets[0]).toEqual({
      target: 'large',
      model: 'maker.large-v1:0',
      modelId: 'maker.large-v1:0',
      region: 'us-east-1',
      class: 'standard',
      isFallback: false,
      probability: 0.75,
      estimatedCostUsd: 0.003048,
      share: 1,
      words: 'asked first for 75 % of such requests, by weight 3 of 4',
    });
    expect(wordsOf(explained.targets)).toMatchObject({
      small: 'asked first for 25 % of such requests, by weight 1 of 4',
      simple: 'asked when every candidate has failed, as a fallback; a degraded answer: class "simple" is below "standard"',
    });
    expect(JSON.parse(JSON.stringify(explained))).toEqual(explained);
  });

  it('says the figures that a strategy goes by, and what they rest on', () => {
    const stated: Record<string, Partial<BedrockTarget>> = {
      written: { price: { inputPerMTokens: null, outputPerMTokens: null } },
      slow: { measured: { latencyMs: 900 }, price: { inputPerMTokens: 1, outputPerMTokens: 1 } },
      quick: { measured: { latencyMs: 900 }, price: { inputPerMTokens: 9, outputPerMTokens: 9 } },
    };
    const targets = Object.entries(stated).map(([id, facts]) => makeTarget(id, facts));
    const seen = overlay({ quick: { state: 'degraded', share: 1, latencyMs: 300 } });
    const byLatency = explain({ request: makeRequest(), ...makeTable({ targets, route: { strategy: 'lowest-latency' } }), overlay: seen });
    expect(byLatency.targets.map(({ target, words, latency }) => [target, words, latency])).toEqual([
      ['quick', 'asked first, at 300 ms, which the fleet sees now', { ms: 300, source: 'overlay-latency' }],
      ['slow', 'asked when those before it have failed, at 900 ms, as measured', { ms: 900, source: 'measured-latency' }],
      ['written', 'asked when those before it have failed, after those with a known latency', undefined],
    ]);
    const byCost = explain({ request: makeRequest(), ...makeTable({ targets, route: { strategy: 'lowest-cost' } }) });
    expect(byCost.targets.map(({ target, words, estimatedCostUsd }) => [target, words, estimatedCostUsd])).toEqual([
      ['slow', 'asked first, at an estimated cost of $0.00112', 0.001124],
      ['quick', 'asked when those before it have failed, at an estimated cost of $0.0101', 0.010116],
      ['written', 'asked when those before it have failed, after those with a known price', null],
    ]);
  });

  it('says of health what the overlay says', () => {
    const made = makeTable({ targets: ['out', 'half', 'held', 'well'].map((id) => makeTarget(id)) });
    const said = overlay({
      out: {},
      half: { state: 'half-open', share: 0.5, reason: 'ramping', since: Date.parse('2026-11-20T23:59:00Z') },
      held: { manual: true, reason: 'maintenance' },
    });
    const explained = explain({ request: makeRequest(), ...made, overlay: said, now: NOW });
    expect(wordsOf(explained.leftOut)).toEqual({
      out: 'health lets it in with probability 0: open since 14:03 UTC, 12 of 14 calls failed',
      held: 'an operator lets it in with probability 0: open since 14:03 UTC, maintenance',
    });
    expect(wordsOf(explained.targets)).toEqual({
      half: 'asked first for 50 % of such requests, as the policy orders it; health lets it in with probability 0.5: half-open since 2026-11-20 23:59 UTC, ramping',
      well: 'asked first for 50 % of such requests, as the policy orders it',
    });
    const stale = explain({ request: makeRequest(), ...made, overlay: said, now: NOW + 3_600_000 });
    expect(stale.targets.map(({ target }) => target)).toEqual(['out', 'half', 'held', 'well']);
  });

  it('says of a share that no overlay explains that it is of this process', () => {
    const made = makeTable({ targets: [makeTarget('a')] });
    const { leftOut, nobodyProbability } = explain({ request: makeRequest(), ...made, shares: () => 0 });
    expect(leftOut).toEqual([{ target: 'a', reason: 'health', words: 'this process lets it in with probability 0' }]);
    expect(nobodyProbability).toBe(1);
  });

  it('says after which first choice a target is too dear, and leaves it out when that is so after each', () => {
    const price = (dollars: number) => ({ price: { inputPerMTokens: dollars, outputPerMTokens: dollars } });
    const targets = [makeTarget('cheap', price(1)), makeTarget('dear', price(20)), makeTarget('dearest', price(300))];
    const candidates = ['cheap', 'dear'].map((target) => ({ target, weight: 1 }));
    const route = { strategy: 'weighted' as const, candidates, fallbacks: ['dearest'], priceCeiling: 10 };
    const explained = explain({ request: makeRequest(), ...makeTable({ targets, route }) });
    expect(explained.targets.map(({ target, tooDearAfter }) => [target, tooDearAfter])).toEqual([
      ['cheap', undefined],
      ['dear', ['cheap']],
    ]);
    expect(wordsOf(explained.targets).dear).toBe(
      'asked first for 50 % of such requests, by weight 1 of 2; not tried after cheap, whose cost it exceeds more than 10 times',
    );
    expect(wordsOf(explained.leftOut)).toEqual({
      dearest: "would cost up to $0.337, 300 times the $0.00112 of cheap, which is asked first; the route's price ceiling is 10 times",
    });
  });

  it('keeps a target that is too dear after one first choice and not after another', () => {
    const price = (dollars: number) => ({ price: { inputPerMTokens: dollars, outputPerMTokens: dollars } });
    const targets = [makeTarget('cheap', price(1)), makeTarget('mid', price(5)), makeTarget('last', price(20))];
    const candidates = ['cheap', 'mid'].map((target) => ({ target, weight: 1 }));
    const route = { strategy: 'weighted' as const, candidates, fallbacks: ['last'], priceCeiling: 10 };
    const { targets: explained, leftOut } = explain({ request: makeRequest(), ...makeTable({ targets, route }) });
    expect(leftOut).toEqual([]);
    expect(explained[2]).toMatchObject({ target: 'last', probability: 0, tooDearAfter: ['cheap'] });
  });

  it('does not blame the fleet for what this process holds back', () => {
    const made = makeTable({ targets: [makeTarget('a')] });
    const said = overlay({ a: { state: 'closed', share: 1, latencyMs: 100 } });
    const { targets } = explain({ request: makeRequest(), ...made, overlay: said, shares: () => 0.5 });
    expect(targets[0]?.words).toContain('this process lets it in with probability 0.5');
  });

  it('gives a sticky request its own order', () => {
    const made = makeTable({
      targets: ['a', 'b', 'c'].map((id) => makeTarget(id)),
      route: { strategy: 'weighted', stickyBy: 'sessionId' },
    });
    const request = makeRequest({ sessionId: 's1' });
    const explained = explain({ request, ...made });
    const planned = plan({ request, ...made, random: Math.min });
    expect(explained.sticky).toEqual({ by: 'sessionId', hasKey: true });
    expect(explained.targets.map(({ target }) => target)).toEqual(planned.targets.map(({ target }) => target.id));
    expect(explained.targets.map(({ words }) => words.split(',')[0])).toEqual([
      'asked first for this sessionId',
      'asked in place 2',
      'asked in place 3',
    ]);
    expect(explain({ request: makeRequest(), ...made }).sticky).toEqual({ by: 'sessionId', hasKey: false });
  });

  it.each<[Requirements, Partial<BedrockTarget>, string, Partial<RequestFeatures>?]>([
    [{ minContextTokens: 250_000 }, { contextTokens: 128_000 }, 'needs 250,000 tokens of context, has 128,000'],
    [
      {},
      { contextTokens: 128_000 },
      'needs about 201,024 tokens of context, 200,000 of input by estimate and 1,024 of output, has 128,000',
      { estimatedInputTokens: 200_000, inputCharacters: 800_000 },
    ],
    [
      { maxCostUsd: 0.1 },
      { price: { inputPerMTokens: null, outputPerMTokens: 2 } },
      'its price is unknown, so maxCostUsd $0.10 cannot be promised',
    ],
    [{ maxCostUsd: 0.001 }, {}, 'would cost up to $0.00215, more than maxCostUsd $0.0010'],
    [{ minQuality: 0.8 }, {}, 'its quality was never measured, so minQuality 0.8 cannot be promised'],
    [{ minQuality: 0.8 }, { measured: { quality: 0.71 } }, 'its measured quality 0.71 is below minQuality 0.8'],
    [{ capabilities: ['tool-use', 'reasoning'] }, {}, 'lacks reasoning; it has tool-use'],
    [{ languages: ['pt', 'vi'] }, { languages: ['en', 'pt-BR'] }, 'is not said to know vi; it knows en, pt-BR'],
    [{ inputModalities: ['image'] }, {}, 'does not read image; it reads text'],
    [{ regions: ['eu-west-1'] }, {}, 'may process content in us-east-1; the request allows eu-west-1 alone'],
    [
      { regions: ['us-east-1'] },
      { processingRegions: null },
      'may process content in any region, or nobody has stated in which; the request allows us-east-1 alone',
    ],
    [
      { degrade: 'never' },
      { class: 'simple' },
      'its class "simple" is below "standard", the lowest of the route\'s candidates, and the request says degrade: never',
    ],
  ])('says why %o leaves out a target with %o', (requirements, stated, words, request = {}) => {
    const targets = [makeTarget('first'), makeTarget('other', stated)];
    const made = makeTable({ targets, route: { candidates: [{ target: 'first', weight: 1 }], fallbacks: ['other'] } });
    const { leftOut } = explain({ request: makeRequest({ requirements, ...request }), ...made });
    expect(wordsOf(leftOut).other).toBe(words);
  });

  it('says what the residency of the route leaves out', () => {
    const targets = [
      makeTarget('here', { region: 'eu-west-1' }),
      makeTarget('anywhere', { processingRegions: ['eu-west-1', 'us-east-1'] }),
    ];
    const { leftOut } = explain({ request: makeRequest(), ...makeTable({ targets, route: { residency: ['eu-west-1'] } }) });
    expect(wordsOf(leftOut)).toEqual({ anywhere: 'may process content in eu-west-1, us-east-1; the route allows eu-west-1 alone' });
  });
});

describe('every explanation', () => {
  const inputArbitrary = fc
    .tuple(tableArbitrary, requestArbitrary, sharesArbitrary)
    .map(([made, request, shares]) => ({ ...made, request, shares }));

  it('agrees with any plan: on who is excluded, who may be held out, and the probability of the first place', () => {
    fc.assert(
      fc.property(inputArbitrary, fc.nat(), (input, seed) => {
        const explained = explain(input);
        const { targets, excluded, heldOut } = plan({ ...input, random: makeRandom(seed) });
        const byRequirement = (one: { reason: string }) => one.reason !== 'price-ceiling' && one.reason !== 'health';
        const idAndReason = ({ target, reason }: { target: string; reason: string }) => ({ target, reason });
        expect(explained.leftOut.filter(byRequirement).map(idAndReason)).toEqual(excluded.filter(byRequirement));

        const [first] = targets;
        const told = new Map(explained.targets.map((one) => [one.target, one]));
        if (first) expect(told.get(first.target.id)?.probability).toBeCloseTo(first.probability, 12);
        for (const id of heldOut) expect(input.shares?.(input.table.targets[id] ?? makeTarget(id))).toBeLessThan(1);
        const tooDear = excluded.filter(({ reason }) => reason === 'price-ceiling').map(({ target }) => target);
        for (const id of tooDear) expect(told.get(id)?.tooDearAfter ?? [first?.target.id]).toContain(first?.target.id);
      }),
      { numRuns: 400 },
    );
  });

  it('is the very plan when nothing is left to chance', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const certain = { ...input, route: { ...input.route, stickyBy: 'tenant' } };
        const { targets, excluded, heldOut } = plan({ ...certain, random: Math.min });
        const explained = explain(certain);
        expect(explained.targets.map(({ target }) => target)).toEqual(targets.map(({ target }) => target.id));
        expect(explained.leftOut.filter(({ reason }) => reason !== 'health').map(({ target }) => target)).toEqual(
          excluded.map(({ target }) => target),
        );
        expect(explained.leftOut.filter(({ reason }) => reason === 'health').map(({ target }) => target)).toEqual(heldOut);
        for (const { words } of [...explained.targets, ...explained.leftOut]) expect(words).not.toMatch(/undefined|NaN/);
      }),
      { numRuns: 400 },
    );
  });

  it('has probabilities that sum to 1 with that of nobody', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const { stickyBy, ...route } = input.route;
        const { targets, nobodyProbability } = explain({ ...input, route });
        expect(targets.reduce((sum, { probability }) => sum + probability, nobodyProbability)).toBeCloseTo(1, 9);
      }),
      { numRuns: 400 },
    );
  });
});
