import type { BedrockTarget, Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';

/** A target for tests; what matters to the test is stated. */
export function makeTarget(id: string, stated: Partial<BedrockTarget> = {}): BedrockTarget {
  return {
    id,
    kind: 'bedrock',
    model: `maker.${id}-v1:0`,
    modelId: `maker.${id}-v1:0`,
    region: 'us-east-1',
    class: 'standard',
    capabilities: ['tool-use'],
    inputModalities: ['text'],
    contextTokens: 100_000,
    maxOutputTokens: 8_000,
    price: { inputPerMTokens: 1, outputPerMTokens: 2 },
    definition: 'd0',
    ...stated,
  };
}

type TableInput = { targets: RoutingTarget[]; route?: Partial<Route> };

/** A table with one route, `default`: the targets as static candidates unless the test states otherwise. */
export function makeTable({ targets, route }: TableInput): { table: RoutingTable; route: Route } {
  const made: Route = {
    name: 'default',
    operation: 'chat',
    strategy: 'static',
    candidates: targets.map(({ id }) => ({ target: id, weight: 1 })),
    fallbacks: [],
    maxTokens: { default: 1_024, cap: 4_096 },
    limits: { attemptMs: 60_000, firstTokenMs: 10_000, idleMs: 10_000, slowMs: 6_000, maxTargets: 3 },
    ...route,
  };
  const table: RoutingTable = {
    schemaVersion: '1.0',
    version: 'test',
    classes: ['advanced', 'standard', 'simple'],
    targets: Object.fromEntries(targets.map((target) => [target.id, target])),
    routes: { default: made },
    replyQueues: {},
  };
  return { table, route: made };
}
