import type { Catalogue, Model } from '@signalbox/catalogue';
import fc from 'fast-check';

type Fields = Record<string, unknown>;
/** A policy as data, and what of it is needed to make its parts. */
type PolicyData = { version: 1; classes: string[]; targets: Record<string, Fields>; defaults: Fields; routes: Record<string, Fields> };

const CLASSES = ['advanced', 'standard', 'simple'];
const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/).filter((name) => name !== 'default');

/** Ways to call a model for text that will be there for years, by their call, so that no two are the same. */
function callsOf({ models }: Catalogue): Fields[] {
  const usable = models.filter(({ apis, outputModalities, lifecycle }) => {
    return apis.includes('converse') && outputModalities.includes('text') && lifecycle.stage === 'active' && lifecycle.endsOn === null;
  });
  return usable.flatMap((model) => [...directCalls(model), ...profileCalls(model)]);
}

const directCalls = ({ id, onDemandRegions }: Model) => (onDemandRegions ?? []).map((region): Fields => ({ model: id, region }));
const profileCalls = ({ id, profiles }: Model) =>
  profiles.flatMap(({ prefix, sourceRegions }) => (sourceRegions ?? []).map((region): Fields => ({ model: id, region, profile: prefix })));

/** Servers and endpoints, with models of the catalogue and of their own. */
const otherCalls: Fields[] = ['amazon.nova-lite-v1:0', 'llama3.2:3b', 'team/own-model'].flatMap((model, index) => [
  { kind: 'openai', baseUrl: `https://llm-${index}.example.com/v1`, model },
  { kind: 'openai', baseUrl: `http://10.0.0.${index}/`, model, modelId: 'own', apiKey: `ssm:key-${index}`, region: 'eu-west-1' },
  { kind: 'sagemaker', endpoint: `signalbox-${index}`, model, region: 'us-east-1' },
  { kind: 'sagemaker', endpoint: `signalbox-${index}`, component: 'part', model, region: 'us-east-1' },
]);

const durations = fc.integer({ min: 1, max: 600 }).map((seconds) => `${seconds}s`);

const optional = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });

const targetOf = (call: Fields) =>
  fc
    .record(
      {
        class: fc.constantFrom(...CLASSES),
        rateLimits: fc.record({ requestsPerMinute: fc.integer({ min: 1, max: 1e6 }) }),
        contextTokens: fc.constantFrom(8_000, 200_000, null),
        price: fc.record({ inputPerMTokens: fc.constantFrom(0, 0.5, null), outputPerMTokens: fc.constantFrom(0.1, 12) }),
      },
      { requiredKeys: ['class'] },
    )
    .map((fields) => ({ ...call, maxOutputTokens: 8192, ...fields }));

const rules = (routes: readonly string[]) =>
  fc
    .uniqueArray(fc.tuple(names, fc.constantFrom(...routes)), { maxLength: 3, selector: ([name]) => name })
    .map((chosen) => chosen.map(([name, route]) => ({ name, when: { labels: { [name]: [name] } }, route })));

/** Candidates in a list or in tiers, and fallbacks, all of them different. */
const placesOf = (targets: readonly string[]) =>
  fc
    .tuple(fc.shuffledSubarray([...targets], { minLength: 1, maxLength: Math.min(6, targets.length) }), fc.nat(3), fc.boolean())
    .map(([chosen, fallbacks, isTiered]): Fields => {
      const last = Math.min(fallbacks, chosen.length - 1);
      const candidates = chosen.slice(0, chosen.length - last);
      const first = isTiered ? { tiers: candidates.map((target) => [target]) } : { candidates };
      return { ...first, fallbacks: chosen.slice(chosen.length - last) };
    });

const routeOf = (targets: readonly string[], others: readonly string[]) =>
  fc
    .tuple(
      placesOf(targets),
      fc.record({ strategy: fc.constantFrom('static', 'weighted', 'lowest-cost', 'lowest-latency') }),
      optional({
        stickyBy: fc.constantFrom('sessionId', 'tenant', 'labels.team'),
        rescue: fc.constantFrom('hold', 'restart'),
        guardrail: fc.record({
          id: fc.constant('gr1'),
          version: fc.constantFrom(1, 'DRAFT'),
          region: fc.constant('us-east-1'),
          applies: fc.constant('input'),
        }),
        rules: others.length > 0 ? rules(others) : fc.constant([]),
        maxTokens: fc.record({ default: fc.integer({ min: 1, max: 100 }), cap: fc.integer({ min: 100, max: 8192 }) }),
      }),
    )
    .map(([places, required, more]): Fields => ({ ...places, ...required, ...more }));

/** Policies in which nothing is wrong, as data. */
export function arbitraryPolicy(catalogue: Catalogue): fc.Arbitrary<PolicyData> {
  const calls = [...callsOf(catalogue), ...otherCalls];
  const targets = fc
    .uniqueArray(
      fc.tuple(
        names,
        fc.oneof(
          fc.nat(calls.length - 1),
          fc.nat(otherCalls.length - 1).map((index) => calls.length - 1 - index),
        ),
      ),
      {
        minLength: 1,
        maxLength: 8,
        comparator: (a, b) => a[0] === b[0] || a[1] === b[1],
      },
    )
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map(([name, call]) => [name, targetOf(calls[call] ?? {})]))));
  return targets.chain((targets) => {
    const routeNames = fc.uniqueArray(names, { maxLength: 3 }).map((others) => ['default', ...others]);
    return routeNames.chain((all) => {
      const routes = all.map(
        (name) =>
          [
            name,
            routeOf(
              Object.keys(targets),
              all.filter((other) => other !== name),
            ),
          ] as const,
      );
      return fc.record({
        version: fc.constant(1 as const),
        classes: fc.constant(CLASSES),
        targets: fc.constant(targets),
        defaults: fc.record({
          maxTokens: fc.constant({ default: 100, cap: 1000 }),
          limits: fc.record({ attempt: fc.constant('600s'), slow: durations, maxTargets: fc.constant(10) }),
        }),
        routes: fc.record(Object.fromEntries(routes)),
      });
    });
  });
}
