export { describeExclusion, type ExclusionInput } from './describe-exclusion.ts';
export { explain } from './explain.ts';
export type { ExplainedTarget, Explanation, LeftOutTarget } from './explanation.ts';
export type { ExplainInput } from './make-case.ts';
