export { type Answer, createAnswer, createStreamedAnswer, type StreamedAnswer } from './answer/answer.ts';
export type { AnswerInput, AnswerPorts, Speaker, StreamedAnswerInput } from './answer/answer-input.ts';
export type { Answered, AnswerResult, Ended, Interrupted, StreamedAnswerResult, Waiting } from './answer/answer-result.ts';
export { guardsOutput } from './answer/guard.ts';
export { hashSlot } from './answer/hash-slot.ts';
export { createProcessHealth, type ProcessHealth } from './answer/process-health.ts';
export type { Quota } from './answer/quota.ts';
export { estimateSpend, type Spend, spendOf } from './answer/spend.ts';
export { NO_STRIKES, type Strikes } from './answer/strikes.ts';
export { tenantSlot } from './answer/tenant-slot.ts';
export { checkRequest, type TableMismatch } from './check-request.ts';
export {
  describeExclusion,
  type ExplainedTarget,
  type ExplainInput,
  type Explanation,
  explain,
  type LeftOutTarget,
} from './explain/index.ts';
export { featuresOf } from './features/features.ts';
export { readFeatures } from './features/read-features.ts';
export type { FeatureSource, RequestFeatures } from './features/request-features.ts';
export { DEFAULT_ROUTE, findRoute } from './find-route.ts';
export { estimatedCostAt, outputTokensAt } from './plan/estimate.ts';
export { type LatencyOf, overlayLatencies } from './plan/overlay-latencies.ts';
export { overlayShares, type Shares } from './plan/overlay-shares.ts';
export { type PlanInput, plan } from './plan/plan.ts';
export type { ExcludedTarget, ExclusionReason, Plan, PlannedTarget } from './plan/planned-target.ts';
export { prepareRules, type SelectedRoute, selectRoute } from './rules/index.ts';
