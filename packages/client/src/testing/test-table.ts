import type { BedrockTarget, Route, RoutingTable, RoutingTarget } from '@signalbox/contracts';

/** A target of the tests, with what a test says of it. */
export function testTarget(own: Partial<BedrockTarget> = {}): BedrockTarget {
  const model = own.model ?? 'amazon.nova-lite-v1:0';
  return {
    id: 'nova-lite',
    kind: 'bedrock',
    model,
    modelId: model,
    region: 'us-east-1',
    class: 'standard',
    capabilities: ['tool-use'],
    inputModalities: ['text'],
    contextTokens: 300_000,
    maxOutputTokens: 10_000,
    price: { inputPerMTokens: 0.06, outputPerMTokens: 0.24 },
    definition: 'd1',
    ...own,
  };
}

export function testRoute(own: Partial<Route> = {}): Route {
  return {
    name: 'default',
    operation: 'chat',
    strategy: 'static',
    candidates: [{ target: 'nova-lite', weight: 1 }],
    fallbacks: [],
    maxTokens: { default: 1024, cap: 4096 },
    limits: { attemptMs: 60_000, maxTargets: 3 },
    ...own,
  };
}

/** A table with these targets and routes. */
export function testTable({
  version = 'v1',
  targets = [testTarget()],
  routes = [testRoute()],
}: {
  version?: string;
  targets?: RoutingTarget[];
  routes?: Route[];
} = {}): RoutingTable {
  return {
    schemaVersion: '1.0',
    version,
    classes: ['advanced', 'standard', 'simple'],
    targets: Object.fromEntries(targets.map((target) => [target.id, target])),
    routes: Object.fromEntries(routes.map((route) => [route.name, route])),
    replyQueues: {},
  };
}
