import type { BedrockTarget, RoutingTarget } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import type { RequestFeatures } from '../features/request-features.ts';
import { makeRequest } from '../testing/make-request.ts';
import { makeTable, makeTarget } from '../testing/make-table.ts';
import { plan } from './plan.ts';

const text = makeRequest();
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

  it.each<[string, Partial<RequestFeatures>, Partial<BedrockTarget>, string | undefined]>([
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
    [
      'regions that hold all of its own',
      { requirements: { regions: ['us-east-1', 'us-west-2'] } },
      { processingRegions: ['us-west-2', 'us-east-1'] },
      undefined,
    ],
    [
      'regions that hold some of its own',
      { requirements: { regions: ['us-east-1'] } },
      { processingRegions: ['us-west-2', 'us-east-1'] },
      'region',
    ],
    ['regions, of one that may run anywhere', { requirements: { regions: ['us-east-1'] } }, { processingRegions: null }, 'region'],
    ['regions, of one of which none is stated', { requirements: { regions: ['us-east-1'] } }, { processingRegions: [] }, 'region'],
    ['a language that it lacks', { requirements: { languages: ['vi'] } }, { languages: ['en', 'fr'] }, 'language'],
    ['a language that it knows in another country', { requirements: { languages: ['pt-BR'] } }, { languages: ['PT'] }, undefined],
    ['a language in another script', { requirements: { languages: ['zh-Hant'] } }, { languages: ['zh-Hans'] }, 'language'],
    ['a language of which nobody knows', { requirements: { languages: ['vi'] } }, {}, undefined],
    ['more quality than was measured', { requirements: { minQuality: 0.8 } }, { measured: { quality: 0.79 } }, 'quality'],
    ['the quality that was measured', { requirements: { minQuality: 0.8 } }, { measured: { quality: 0.8 } }, undefined],
    ['quality that nobody measured', { requirements: { minQuality: 0.1 } }, { measured: { latencyMs: 1 } }, 'quality-unknown'],
    ['a cost below its own', { requirements: { maxCostUsd: 0.002 } }, {}, 'cost'],
    ['a cost above its own', { requirements: { maxCostUsd: 0.003 } }, {}, undefined],
    [
      'a cost, of an unknown price',
      { requirements: { maxCostUsd: 9 } },
      { price: { inputPerMTokens: 1, outputPerMTokens: null } },
      'price-unknown',
    ],
    [
      'a context that is clearly too small',
      { inputCharacters: 500_000, estimatedInputTokens: 125_000 },
      { contextTokens: 90_000 },
      'context-tokens',
    ],
    ['a context that may be too small', { inputCharacters: 500_000, estimatedInputTokens: 100_000 }, { contextTokens: 90_000 }, undefined],
    ['more output than it can give, which is what it gets', { maxTokens: 4_000 }, { maxOutputTokens: 100 }, undefined],
    ['no lower class', { requirements: { degrade: 'never' } }, { class: 'simple' }, 'lower-class'],
    ['a lower class at need', { requirements: { degrade: 'allowed' } }, { class: 'simple' }, undefined],
    ['no lower class, of a better one', { requirements: { degrade: 'never' } }, { class: 'advanced' }, undefined],
  ])('asks for %s', (_, request, stated, reason) => {
    const all = {
      measured: { quality: 1 },
      price: { inputPerMTokens: 0, outputPerMTokens: 0 },
      inputModalities: ['text', 'image', 'document', 'video', 'audio'],
      contextTokens: null,
      capabilities: ['tool-use', 'json'],
    };
    const first = makeTarget('first', { ...all, region: request.requirements?.regions?.[0] ?? 'us-east-1' });
    const made = makeTable({
      targets: [first, makeTarget('b', stated)],
      route: { candidates: [{ target: 'first', weight: 1 }], fallbacks: ['b'] },
    });
    const made2 = plan({ request: makeRequest(request), ...made, random: noDraw });
    expect(made2.excluded).toEqual(reason ? [{ target: 'b', reason }] : []);
    expect(idsOf(made2)).toEqual(reason ? ['first'] : ['first', 'b']);
  });

  it('estimates no tokens for a request that is short enough for every target, nor without a need for them', () => {
    const request = Object.defineProperty(makeRequest({ inputCharacters: 90_000 }), 'estimatedInputTokens', {
      get: () => {
        throw new Error('tokens are not estimated here');
      },
    });
    const targets = [makeTarget('a', { price: { inputPerMTokens: 100, outputPerMTokens: 100 } }), makeTarget('b')];
    for (const strategy of ['static', 'weighted', 'lowest-latency'] as const) {
      const made = makeTable({ targets, route: { strategy, priceCeiling: 2 } });
      expect(idsOf(plan({ request, ...made, random: () => 0 }))).toEqual(['a', 'b']);
    }
  });

  it('keeps out of a route what may be processed outside its residency', () => {
    const targets = [
      makeTarget('us'),
      makeTarget('eu', { region: 'eu-west-1' }),
      makeTarget('any', { region: 'eu-west-1', processingRegions: null }),
    ];
    const made = makeTable({ targets, route: { residency: ['eu-west-1', 'eu-central-1'] } });
    const planned = plan({ request: text, ...made, random: noDraw });
    expect(idsOf(planned)).toEqual(['eu']);
    expect(planned.excluded).toEqual([
      { target: 'us', reason: 'residency' },
      { target: 'any', reason: 'residency' },
    ]);
  });

  it('makes a fallback the first draw when every candidate is left out', () => {
    const made = makeTable({
      targets: [makeTarget('a'), makeTarget('b', { inputModalities: ['text', 'image'] })],
      route: { candidates: [{ target: 'a', weight: 1 }], fallbacks: ['b'] },
    });
    const { targets } = plan({ request: makeRequest({ inputModalities: ['image'] }), ...made, random: noDraw });
    expect(targets).toMatchObject([{ target: { id: 'b' }, isFirstDraw: true, isFallback: true, probability: 1 }]);
  });

  it('names the table, route and target when a table refers to a target that it lacks', () => {
    const made = makeTable({ targets: [makeTarget('a')], route: { fallbacks: ['constructor'] } });
    expect(() => plan({ request: text, ...made, random: noDraw })).toThrow(
      'Routing table test: route "default" names the target "constructor", which the table does not have',
    );
  });
});
