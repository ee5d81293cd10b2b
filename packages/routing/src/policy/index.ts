export type { AllowedModels, CompileInput, Measurements } from './compile-options.ts';
export { type CompiledPolicy, compilePolicy, formatPolicyProblem } from './compile-policy.ts';
export type { PolicyProblem } from './finding.ts';
export { USUAL_THRESHOLDS } from './resolve-health.ts';
