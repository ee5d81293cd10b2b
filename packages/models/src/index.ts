export { mapBedrockError } from './bedrock/map-bedrock-error.ts';
export { mapUsage } from './bedrock/map-usage.ts';
export { createModelCaller, type ModelCallerOptions } from './create-model-caller.ts';
export { createGuard } from './guardrail/create-guard.ts';
export { mapStopReason, type StopOutcome } from './map-stop-reason.ts';
