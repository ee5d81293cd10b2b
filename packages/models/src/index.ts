export { createBedrockCaller } from './create-bedrock-caller.ts';
export type { BedrockClientOptions } from './create-bedrock-client.ts';
export { mapBedrockError } from './map-bedrock-error.ts';
export { mapStopReason, type StopOutcome } from './map-stop-reason.ts';
export { mapUsage } from './map-usage.ts';
