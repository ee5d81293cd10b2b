import type { JsonObject, Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';

/** What a rule of the benchmark tests, one kind after another: an exact tenant, a label, a size of input, a prefix of the text. */
const KINDS: readonly ((index: number) => JsonObject)[] = [
  (index) => ({ tenant: [`tenant-${index}`] }),
  (index) => ({ labels: { team: [`team-${index}`] }, hasTools: [false] }),
  (index) => ({ estimatedInputTokens: [{ numeric: ['>', 1_000_000 + index] }], inputModalities: ['text'] }),
  (index) => ({ text: [{ prefix: `order ${index}:` }] }),
];

/** A table with so many targets, and a route `default` with so many rules, each to a route of its own with three candidates and a fallback. */
export function makeRuleTable(size: number): { table: RoutingTable; route: Route } {
  const targets = Object.fromEntries(Array.from({ length: size }, (_, index) => [`target-${index}`, makeTarget(`target-${index}`, index)]));
  const routes = Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`route-${index}`, makeRoute(`route-${index}`, index, size)]),
  );
  const rules = Array.from({ length: size }, (_, index) => ({
    name: `rule-${index}`,
    when: (KINDS[index % KINDS.length] as (typeof KINDS)[number])(index),
    route: `route-${index}`,
  }));
  const route: Route = { ...makeRoute('default', 0, size), rules };
  const table: RoutingTable = {
    schemaVersion: '1.0',
    version: `bench-${size}`,
    classes: ['standard'],
    targets,
    routes: { ...routes, default: route },
    replyQueues: {},
  };
  return { table, route };
}

function makeTarget(id: string, index: number): RoutingTarget {
  return {
    id,
    kind: 'bedrock',
    model: `maker.model-${index}-v1:0`,
    modelId: `maker.model-${index}-v1:0`,
    region: 'us-east-1',
    class: 'standard',
    capabilities: ['tool-use'],
    inputModalities: ['text', 'image'],
    contextTokens: 200_000,
    maxOutputTokens: 8_000,
    price: { inputPerMTokens: 1 + (index % 7), outputPerMTokens: 4 + (index % 11) },
    definition: `d${index}`,
  };
}

function makeRoute(name: string, index: number, size: number): Route {
  return {
    name,
    operation: 'chat',
    strategy: 'weighted',
    candidates: [5, 3, 2].map((weight, place) => ({ target: `target-${(index + place) % size}`, weight })),
    fallbacks: [`target-${(index + 3) % size}`],
    maxTokens: { default: 1_024, cap: 4_096 },
    limits: { attemptMs: 60_000, maxTargets: 3 },
  };
}
