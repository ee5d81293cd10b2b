export { type Answer, createAnswer } from './answer/answer.ts';
export type { AnswerInput, AnswerPorts } from './answer/answer-input.ts';
export type { Answered, AnswerResult, Ended, Waiting } from './answer/answer-result.ts';
export { createRecentCalls, type RecentCalls } from './answer/recent-calls.ts';
export { NO_STRIKES, type Strikes } from './answer/strikes.ts';
export { featuresOf } from './features/features.ts';
export { DEFAULT_ROUTE, findRoute } from './find-route.ts';
export { type PlanInput, plan } from './plan/plan.ts';
export type { ExclusionReason, Plan, PlannedTarget } from './plan/planned-target.ts';
