import type { BedrockTarget, Route, RoutingTarget } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { type PlanInput, plan } from './plan.ts';

type Stated = Record<string, Partial<BedrockTarget>>;
const made = (stated: Stated, route: Partial<Route>) =>
  makeTable({ targets: Object.entries(stated).map(([id, facts]) => makeTarget(id, facts)), route });
const planOf = (given: Partial<PlanInput> & Pick<PlanInput, 'table' | 'route'>) =>
  plan({ request: makeRequest(), random: makeRandom(1), ...given });
const idsOf = (given: Partial<PlanInput> & Pick<PlanInput, 'table' | 'route'>) => planOf(given).targets.map(({ target }) => target.id);
const price = (inputPerMTokens: number | null, outputPerMTokens: number | null) => ({ price: { inputPerMTokens, outputPerMTokens } });
const measured = (latencyMs: number) => ({ measured: { latencyMs } });

describe('lowest-cost', () => {
  const table = { 'cheap-out': price(10, 1), unknown: price(null, 1), 'cheap-in': price(1, 10) };

  it('goes by the cost of this request, and puts a target without a price last', () => {
    const { targets } = planOf({ ...made(table, { strategy: 'lowest-cost' }), request: makeRequest({ estimatedInputTokens: 50_000 }) });
    expect(targets.map(({ target, basis, probability }) => [target.id, basis, probability])).toEqual([
      ['cheap-in', 'estimated-cost', 1],
      ['cheap-out', 'estimated-cost', 1],
      ['unknown', 'price-unknown', 1],
    ]);
    expect(idsOf({ ...made(table, { strategy: 'lowest-cost' }), request: makeRequest({ estimatedInputTokens: 10 }) })[0]).toBe('cheap-out');
  });

  it("reckons with the request's own maxTokens, within the route's cap", () => {
    const request = (maxTokens: number) => makeRequest({ estimatedInputTokens: 1_000, maxTokens });
    const route = { strategy: 'lowest-cost' as const, maxTokens: { default: 4_000, cap: 4_000 } };
    expect(idsOf({ ...made(table, route), request: request(10) })[0]).toBe('cheap-in');
    expect(idsOf({ ...made(table, route), request: makeRequest({ estimatedInputTokens: 1_000 }) })[0]).toBe('cheap-out');
    const capped = { ...route, maxTokens: { default: 10, cap: 10 } };
    expect(idsOf({ ...made(table, capped), request: request(4_000) })[0]).toBe('cheap-in');
  });

  it('reckons with no output for an embedding', () => {
    const embedders = { dear: price(2, null), cheap: price(1, null) };
    const { targets } = planOf({
      ...made(embedders, { strategy: 'lowest-cost', operation: 'embed' }),
      request: makeRequest({ operation: 'embed' }),
    });
    expect(targets.map(({ target, basis }) => [target.id, basis])).toEqual([
      ['cheap', 'estimated-cost'],
      ['dear', 'estimated-cost'],
    ]);
  });

  it('lets those that cost the same take turns by weight, or by session', () => {
    const candidates = [
      { target: 'one', weight: 1 },
      { target: 'two', weight: 3 },
    ];
    const same = made({ one: {}, two: {} }, { strategy: 'lowest-cost', candidates, stickyBy: 'sessionId' });
    const random = makeRandom(3);
    const firsts = Array.from({ length: 400 }, () => planOf({ ...same, random }).targets[0]);
    expect(new Set(firsts.map((first) => `${first?.target.id} ${first?.probability}`))).toEqual(new Set(['one 0.25', 'two 0.75']));
    const request = makeRequest({ sessionId: 's1' });
    expect(new Set(Array.from({ length: 50 }, () => planOf({ ...same, request, random }).targets[0]?.target.id)).size).toBe(1);
  });
});

describe('lowest-latency', () => {
  const table = { slow: measured(900), silent: {}, quick: measured(400) };

  it('goes by what was measured, those of whom nothing is known last, as written', () => {
    const { targets } = planOf(made(table, { strategy: 'lowest-latency' }));
    expect(targets.map(({ target, basis }) => [target.id, basis])).toEqual([
      ['quick', 'measured-latency'],
      ['slow', 'measured-latency'],
      ['silent', 'latency-unknown'],
    ]);
    expect(idsOf(made({ b: {}, a: {} }, { strategy: 'lowest-latency' }))).toEqual(['b', 'a']);
  });

  it('believes the overlay before the measurement', () => {
    const latencyOf = ({ id }: RoutingTarget) => (id === 'quick' ? 5_000 : undefined);
    const { targets } = planOf({ ...made(table, { strategy: 'lowest-latency' }), latencyOf });
    expect(targets.map(({ target, basis }) => [target.id, basis])).toEqual([
      ['slow', 'measured-latency'],
      ['quick', 'overlay-latency'],
      ['silent', 'latency-unknown'],
    ]);
  });

  it('lets those within 10 % of the fastest take turns', () => {
    const near = made({ a: measured(1_000), b: measured(1_100), c: measured(1_101) }, { strategy: 'lowest-latency' });
    const random = makeRandom(5);
    const plans = Array.from({ length: 200 }, () => planOf({ ...near, random }));
    expect(new Set(plans.map(({ targets }) => targets.map(({ target }) => target.id).join('')))).toEqual(new Set(['abc', 'bac']));
    expect(plans.every(({ targets }) => targets[0]?.probability === 0.5)).toBe(true);
  });
});

describe('tiers', () => {
  const tiered = (strategy: Route['strategy']) =>
    made(
      { b1: {}, a1: {}, a2: {}, f: {} },
      {
        strategy,
        candidates: [
          { target: 'b1', weight: 1, tier: 1 },
          { target: 'a1', weight: 1 },
          { target: 'a2', weight: 1, tier: 0 },
        ],
        fallbacks: ['f'],
      },
    );
  const noDraw = () => {
    throw new Error('nothing is drawn here');
  };

  it('are asked in order while all are well, fallbacks last', () => {
    expect(idsOf({ ...tiered('static'), random: noDraw })).toEqual(['a1', 'a2', 'b1', 'f']);
    expect(idsOf({ ...tiered('weighted'), random: () => 0.9 })).toEqual(['a2', 'a1', 'b1', 'f']);
  });

  it('spill over to the next when 1.4 times the health of the first does not cover it', () => {
    const shares = ({ id }: RoutingTarget) => (id === 'a1' ? 0 : 1);
    const at = (point: number) => planOf({ ...tiered('static'), shares, random: () => point });
    expect(at(0.69)).toMatchObject({
      targets: [{ target: { id: 'a2' } }, { target: { id: 'b1' } }, { target: { id: 'f' } }],
      heldOut: ['a1'],
    });
    expect(at(0.69).targets[0]?.probability).toBeCloseTo(0.7, 12);
    expect(at(0.71).targets.map(({ target }) => target.id)).toEqual(['b1', 'a2', 'f']);
    expect(at(0.71).targets[0]?.probability).toBeCloseTo(0.3, 12);
  });

  it('without anybody suitable are passed', () => {
    const { targets, excluded } = planOf({ ...tiered('static'), request: makeRequest({ inputModalities: ['image'] }) });
    expect([targets, excluded.map(({ target }) => target)]).toEqual([[], ['a1', 'a2', 'b1', 'f']]);
  });
});

describe('shares', () => {
  const two = (strategy: Route['strategy'] = 'static') => made({ a: {}, b: {} }, { strategy });
  const shares = ({ id }: RoutingTarget) => (id === 'a' ? 0.5 : 1);

  it('let a target in with their probability, and name it when it stays out', () => {
    expect(planOf({ ...two(), shares, random: () => 0.49 })).toMatchObject({
      targets: [{ probability: 0.5 }, { probability: 1 }],
      heldOut: [],
    });
    expect(planOf({ ...two(), shares, random: () => 0.51 })).toMatchObject({
      targets: [{ target: { id: 'b' }, probability: 0.5 }],
      heldOut: ['a'],
    });
  });

  it('of 0 everywhere leave nobody, and exclude nobody', () => {
    expect(planOf({ ...two('weighted'), shares: () => 0 })).toEqual({ targets: [], excluded: [], heldOut: ['a', 'b'] });
  });

  it('of 1 everywhere change nothing', () => {
    const given = two();
    expect(planOf({ ...given, shares: () => 1 })).toBe(planOf(given));
  });

  it('of a fallback count when no candidate can take the request', () => {
    const { table, route } = made(
      { a: {}, f: { inputModalities: ['text', 'image'] } },
      { candidates: [{ target: 'a', weight: 1 }], fallbacks: ['f'] },
    );
    const request = makeRequest({ inputModalities: ['image'] });
    const { targets } = planOf({ table, route, request, shares: () => 0.25, random: () => 0.2 });
    expect(targets).toMatchObject([{ target: { id: 'f' }, isFallback: true, isFirstDraw: true, probability: 0.25 }]);
  });

  it('that are no probability count as the nearest one', () => {
    expect(planOf({ ...two(), shares: () => 7 }).targets).toHaveLength(2);
    expect(planOf({ ...two(), shares: ({ id }) => (id === 'a' ? Number.NaN : -1) }).heldOut).toEqual(['a', 'b']);
  });

  it('do not let a session flap, and admit it for good as they grow', () => {
    const sticky = made({ a: {}, b: {} }, { strategy: 'weighted', stickyBy: 'sessionId' });
    for (let session = 0; session < 200; session++) {
      const request = makeRequest({ sessionId: `s${session}` });
      const entered = [0.2, 0.4, 0.6, 0.8].map((share) => {
        const asked = { ...sticky, request, shares: ({ id }: RoutingTarget) => (id === 'a' ? share : 1) };
        expect(planOf({ ...asked, random: () => 0 })).toEqual(planOf({ ...asked, random: () => 0.99 }));
        return !planOf(asked).heldOut.includes('a');
      });
      expect(entered).toEqual(entered.toSorted((one, other) => Number(one) - Number(other)));
    }
  });
});

describe('the price ceiling', () => {
  const route = { priceCeiling: 10, candidates: [{ target: 'cheap', weight: 1 }], fallbacks: ['near', 'dear'] };

  it('excludes failover targets that cost so many times the first, from the one frozen plan too', () => {
    const table = made({ cheap: price(1, 1), near: price(10, 10), dear: price(11, 11) }, route);
    const whole = planOf(table);
    expect(whole.targets.map(({ target }) => target.id)).toEqual(['cheap', 'near']);
    expect(whole.excluded).toEqual([{ target: 'dear', reason: 'price-ceiling' }]);
    expect(planOf(table)).toBe(whole);
  });

  it('is reckoned by the tokens of the request where the rates alone do not tell', () => {
    const table = made({ cheap: price(1, 1), near: price(1, 20), dear: price(null, 20) }, route);
    const ids = (estimatedInputTokens: number) => idsOf({ ...table, request: makeRequest({ estimatedInputTokens, maxTokens: 1_000 }) });
    expect(ids(10)).toEqual(['cheap', 'dear']);
    expect(ids(100_000)).toEqual(['cheap', 'near', 'dear']);
  });

  it('lets in what costs exactly so many times the first', () => {
    const table = made({ cheap: price(1, 1), near: price(1, 20), dear: price(1, 20.1) }, route);
    const request = makeRequest({ estimatedInputTokens: 1_000, maxTokens: 900 });
    expect(idsOf({ ...table, request })).toEqual(['cheap', 'near']);
  });

  it('never takes the first choice away, whoever that is', () => {
    const table = made({ cheap: price(1, 1), near: price(1, 1), dear: price(50, 50) }, route);
    const request = makeRequest({ requirements: { degrade: 'never' } });
    const { targets } = planOf({ ...table, request, shares: ({ id }) => (id === 'dear' ? 1 : 0) });
    expect(targets.map(({ target }) => target.id)).toEqual(['dear']);
  });
});
