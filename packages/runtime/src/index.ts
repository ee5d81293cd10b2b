export { awsClientConfig } from './aws-http.ts';
export { createLiveDocument, type LiveDocument } from './documents/live-document.ts';
export { createOverlayDocument } from './documents/overlay-document.ts';
export { createRoutingTableDocument, type LoadedTable } from './documents/routing-table-document.ts';
export { readEnvironment } from './environment.ts';
export { createPutEvents } from './event-bus.ts';
export { createEventPublisher, type EventPublisher } from './event-publisher.ts';
export { countOutcomes, recordAttempts } from './gen-ai-telemetry.ts';
export { onEvent } from './on-event.ts';
export { onQueue } from './on-queue.ts';
export { type HttpReply, type HttpRequest, onRequest } from './on-request.ts';
export { type InferenceItem, inferenceKey, parseInferenceKey } from './settlement/inference-item.ts';
export {
  type Claim,
  type ClaimRequest,
  createInferenceStore,
  type InferenceStore,
  type StoredOutput,
} from './settlement/inference-store.ts';
export { toPendingResult, toResult, toTerminalEvent } from './settlement/record-views.ts';
export { describeError, logger } from './telemetry.ts';
