import type { RoutingTable, RoutingTarget } from '@signalbox/contracts';

/** The targets of the simulated fleet: `normalShare` of all requests when all is well, quota as a multiple of the whole load. */
export const TARGETS = [
  { id: 't0', tier: 0, weight: 60, normalShare: 0.6, quota: 1, medianMs: 1_200 },
  { id: 't1', tier: 0, weight: 40, normalShare: 0.4, quota: 0.75, medianMs: 1_300 },
  { id: 't2', tier: 1, weight: 50, normalShare: 0, quota: 0.4, medianMs: 1_400 },
  { id: 't3', tier: 1, weight: 50, normalShare: 0, quota: 0.4, medianMs: 1_500 },
  { id: 't4', tier: 'fallback', weight: 1, normalShare: 0, quota: 2, medianMs: 1_600 },
] as const;
export type TargetId = (typeof TARGETS)[number]['id'];
export const TARGET_IDS: readonly TargetId[] = TARGETS.map(({ id }) => id);

/** The simpler model that stands behind both tiers. */
export const SIMPLE_TARGET: TargetId = 't4';
export const ROUTE = 'default';
/** An attempt is given up after so long; a call that takes longer than the second is slow. */
export const ATTEMPT_MS = 15_000;
export const SLOW_MS = 6_000;

/** One route over two tiers and a fallback. */
export function makeFleetTable(): RoutingTable {
  const candidates = TARGETS.flatMap(({ id, tier, weight }) => (tier === 'fallback' ? [] : [{ target: id, weight, tier }]));
  return {
    schemaVersion: '1.0',
    version: 'simulation',
    classes: ['standard', 'simple'],
    targets: Object.fromEntries(TARGETS.map(({ id }) => [id, makeTarget(id)])),
    routes: {
      [ROUTE]: {
        name: ROUTE,
        operation: 'chat',
        strategy: 'weighted',
        candidates,
        fallbacks: [SIMPLE_TARGET],
        maxTokens: { default: 1_024, cap: 4_096 },
        limits: { attemptMs: ATTEMPT_MS, slowMs: SLOW_MS, maxTargets: 3 },
      },
    },
    replyQueues: {},
  };
}

function makeTarget(id: TargetId): RoutingTarget {
  return {
    id,
    kind: 'bedrock',
    model: `maker.${id}-v1:0`,
    modelId: `maker.${id}-v1:0`,
    region: 'us-east-1',
    class: id === SIMPLE_TARGET ? 'simple' : 'standard',
    capabilities: [],
    inputModalities: ['text'],
    contextTokens: 100_000,
    maxOutputTokens: 8_000,
    price: { inputPerMTokens: 1, outputPerMTokens: 2 },
    definition: 'd0',
  };
}
