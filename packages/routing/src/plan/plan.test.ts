import type { Requirements, Route, RoutingTarget } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../testing/make-random.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { plan } from './plan.ts';

const text = { inputModalities: ['text'] };
const noDraw = () => {
  throw new Error('nothing is drawn here');
};
const idsOf = ({ targets }: { targets: readonly { target: RoutingTarget }[] }) => targets.map(({ target }) => target.id);

describe('plan', () => {
  it('keeps the written order of a static route and puts fallbacks last, without a draw', () => {
    const made = makeTable({
      targets: [makeTarget('a'), makeTarget('b'), makeTarget('c')],
      route: { candidates: ['b', 'a'].map((target) => ({ target, weight: 1 })), fallbacks: ['c'] },
    });
    const { targets, excluded } = plan({ request: text, ...made, random: noDraw });
    expect(targets.map(({ target, probability, isFirstDraw, isFallback }) => [target.id, probability, isFirstDraw, isFallback])).toEqual([
      ['b', 1, true, false],
      ['a', 1, false, false],
      ['c', 1, false, true],
    ]);
    expect(excluded).toEqual([]);
  });

  it('gives every plain request of a static route the same frozen plan', () => {
    const made = makeTable({ targets: [makeTarget('a')] });
    const first = plan({ request: text, ...made, random: noDraw });
    expect(plan({ request: text, ...made, random: noDraw })).toBe(first);
    expect(Object.isFrozen(first.targets) && Object.isFrozen(first.targets[0])).toBe(true);
  });

  it('says of a drawn place the probability among those still left', () => {
    const made = makeTable({
      targets: ['a', 'b', 'c'].map((id) => makeTarget(id)),
      route: {
        strategy: 'weighted',
        candidates: [
          { target: 'a', weight: 5 },
          { target: 'b', weight: 3 },
          { target: 'c', weight: 2 },
        ],
      },
    });
    const draws = [0.6, 0.99];
    const { targets } = plan({ request: text, ...made, random: () => draws.shift() ?? 0 });
    expect(targets.map(({ target, probability }) => [target.id, probability])).toEqual([
      ['b', 0.3],
      ['c', 2 / 7],
      ['a', 1],
    ]);
  });

  it('marks a fallback of a lower class than every candidate as degraded, and no other', () => {
    const targets = [
      makeTarget('best', { class: 'advanced' }),
      makeTarget('usual'),
      makeTarget('other'),
      makeTarget('small', { class: 'simple' }),
    ];
    const candidates = ['best', 'usual'].map((target) => ({ target, weight: 1 }));
    const made = makeTable({ targets, route: { candidates, fallbacks: ['other', 'small'] } });
    const planned = plan({ request: text, ...made, random: noDraw }).targets;
    expect(planned.map(({ degraded }) => degraded)).toEqual([
      undefined,
      undefined,
      undefined,
      { from: 'standard', reason: 'answered by class simple' },
    ]);
  });

  it.each<[string, { requirements?: Requirements; inputModalities?: string[] }, Partial<RoutingTarget>, string | undefined]>([
    ['an image in the messages', { inputModalities: ['text', 'image'] }, {}, 'input-modality'],
    ['a required modality', { requirements: { inputModalities: ['audio'] } }, {}, 'input-modality'],
    ['a modality that it reads', { inputModalities: ['image'] }, { inputModalities: ['text', 'image'] }, undefined],
    ['more context than it has', { requirements: { minContextTokens: 200_000 } }, {}, 'context-tokens'],
    ['just its context', { requirements: { minContextTokens: 100_000 } }, {}, undefined],
    ['context of which nobody knows', { requirements: { minContextTokens: 200_000 } }, { contextTokens: null }, undefined],
    ['another region', { requirements: { regions: ['eu-west-1'] } }, {}, 'region'],
    ['its region among others', { requirements: { regions: ['eu-west-1', 'us-east-1'] } }, {}, undefined],
    ['a region, of a profile that may leave it', { requirements: { regions: ['us-east-1'] } }, { modelId: 'us.maker.b-v1:0' }, 'region'],
    [
      'a region, of a profile ARN',
      { requirements: { regions: ['us-east-1'] } },
      { modelId: 'arn:aws:bedrock:us-east-1:1:application-inference-profile/x' },
      'region',
    ],
    [
      'a region, of provisioned throughput in it',
      { requirements: { regions: ['us-east-1'] } },
      { modelId: 'arn:aws:bedrock:us-east-1:1:provisioned-model/x' },
      undefined,
    ],
    ['a capability that it lacks', { requirements: { capabilities: ['tool-use', 'json'] } }, {}, 'capability'],
    ['a capability that it has', { requirements: { capabilities: ['tool-use'] } }, {}, undefined],
    ['no lower class', { requirements: { degrade: 'never' } }, { class: 'simple' }, 'lower-class'],
    ['a lower class at need', { requirements: { degrade: 'allowed' } }, { class: 'simple' }, undefined],
    ['no lower class, of a better one', { requirements: { degrade: 'never' } }, { class: 'advanced' }, undefined],
  ])('asks for %s', (_, request, stated, reason) => {
    const all = {
      inputModalities: ['text', 'image', 'document', 'video', 'audio'],
      contextTokens: null,
      capabilities: ['tool-use', 'json'],
    };
    const first = makeTarget('first', { ...all, region: request.requirements?.regions?.[0] ?? 'us-east-1' });
    const made = makeTable({
      targets: [first, makeTarget('b', stated)],
      route: { candidates: [{ target: 'first', weight: 1 }], fallbacks: ['b'] },
    });
    const made2 = plan({ request: { ...text, ...request }, ...made, random: noDraw });
    expect(made2.excluded).toEqual(reason ? [{ target: 'b', reason }] : []);
    expect(idsOf(made2)).toEqual(reason ? ['first'] : ['first', 'b']);
  });

  it('makes a fallback the first draw when every candidate is left out', () => {
    const made = makeTable({
      targets: [makeTarget('a'), makeTarget('b', { inputModalities: ['text', 'image'] })],
      route: { candidates: [{ target: 'a', weight: 1 }], fallbacks: ['b'] },
    });
    const { targets } = plan({ request: { inputModalities: ['image'] }, ...made, random: noDraw });
    expect(targets).toMatchObject([{ target: { id: 'b' }, isFirstDraw: true, isFallback: true, probability: 1 }]);
  });

  it('names the table, route and target when a table refers to a target that it lacks', () => {
    const made = makeTable({ targets: [makeTarget('a')], route: { fallbacks: ['constructor'] } });
    expect(() => plan({ request: text, ...made, random: noDraw })).toThrow(
      'Routing table test: route "default" names the target "constructor", which the table does not have',
    );
  });
});

const routeArbitrary = fc
  .record({
    strategy: fc.constantFrom<Route['strategy']>('static', 'weighted'),
    weights: fc.array(fc.double({ min: 0.001, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 8 }),
    fallbacks: fc.nat(3),
    classes: fc.array(fc.constantFrom('advanced', 'standard', 'simple'), { minLength: 11, maxLength: 11 }),
    readsImages: fc.array(fc.boolean(), { minLength: 11, maxLength: 11 }),
  })
  .map(({ strategy, weights, fallbacks, classes, readsImages }) => {
    const targets = Array.from({ length: weights.length + fallbacks }, (_, index) =>
      makeTarget(`t${index}`, { class: classes[index] ?? 'standard', inputModalities: readsImages[index] ? ['text', 'image'] : ['text'] }),
    );
    const candidates = weights.map((weight, index) => ({ target: `t${index}`, weight }));
    const route = { strategy, candidates, fallbacks: targets.slice(weights.length).map(({ id }) => id) };
    return makeTable({ targets, route });
  });
const requestArbitrary = fc.record({
  inputModalities: fc.constantFrom(['text'], ['text', 'image']),
  requirements: fc.constantFrom<(Requirements | undefined)[]>(undefined, { degrade: 'never' }, { degrade: 'allowed' }),
});

describe('every plan', () => {
  it('holds each target of the route once, either in the order or among the excluded', () => {
    fc.assert(
      fc.property(routeArbitrary, requestArbitrary, fc.nat(), (made, request, seed) => {
        const { targets, excluded } = plan({ request, ...made, random: makeRandom(seed) });
        const seen = [...targets.map(({ target }) => target.id), ...excluded.map(({ target }) => target)];
        expect(seen.sort()).toEqual(Object.keys(made.table.targets).sort());
      }),
    );
  });

  it('has probabilities above 0 up to 1, one first draw, and candidates before fallbacks', () => {
    fc.assert(
      fc.property(routeArbitrary, requestArbitrary, fc.nat(), (made, request, seed) => {
        const { targets } = plan({ request, ...made, random: makeRandom(seed) });
        for (const [place, { probability, isFirstDraw, isFallback }] of targets.entries()) {
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThanOrEqual(1);
          expect(isFirstDraw).toBe(place === 0);
          if (isFallback) expect(targets.slice(place).every((later) => later.isFallback)).toBe(true);
        }
      }),
    );
  });

  it('has no fallback of a lower class when the request never degrades', () => {
    fc.assert(
      fc.property(routeArbitrary, fc.nat(), (made, seed) => {
        const rank = (id: string) => made.table.classes.indexOf(made.table.targets[id]?.class ?? '');
        const lowest = Math.max(...made.route.candidates.map(({ target }) => rank(target)));
        const { targets } = plan({ request: { ...text, requirements: { degrade: 'never' } }, ...made, random: makeRandom(seed) });
        for (const { target, degraded } of targets) {
          expect(degraded).toBeUndefined();
          expect(rank(target.id)).toBeLessThanOrEqual(lowest);
        }
      }),
    );
  });

  it('draws the first target as often as its weight says', () => {
    const weights = { a: 6, b: 3, c: 1 };
    const made = makeTable({
      targets: Object.keys(weights).map((id) => makeTarget(id)),
      route: { strategy: 'weighted', candidates: Object.entries(weights).map(([target, weight]) => ({ target, weight })) },
    });
    const random = makeRandom(7);
    const draws = 20_000;
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let index = 0; index < draws; index++) {
      const first = plan({ request: text, ...made, random }).targets[0];
      if (!first) throw new Error('a plan has a first target');
      expect(first.probability).toBe((weights[first.target.id as keyof typeof weights] ?? 0) / 10);
      counts[first.target.id] = (counts[first.target.id] ?? 0) + 1;
    }
    // Four standard deviations of a share of a half.
    const tolerance = 4 * Math.sqrt(0.25 / draws);
    for (const [id, weight] of Object.entries(weights)) expect(Math.abs((counts[id] ?? 0) / draws - weight / 10)).toBeLessThan(tolerance);
  });
});
