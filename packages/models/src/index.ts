export { createBedrockCaller } from './bedrock/create-bedrock-caller.ts';
export type { BedrockClientOptions } from './bedrock/create-bedrock-client.ts';
export { mapBedrockError } from './bedrock/map-bedrock-error.ts';
export { mapUsage } from './bedrock/map-usage.ts';
export { mapStopReason, type StopOutcome } from './map-stop-reason.ts';
