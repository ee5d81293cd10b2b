export { awsClientConfig } from './aws-http.ts';
export { createLiveDocument, type LiveDocument } from './documents/live-document.ts';
export { createOverlayDocument } from './documents/overlay-document.ts';
export { createRoutingTableDocument, type LoadedTable } from './documents/routing-table-document.ts';
export { readEnvironment } from './environment.ts';
export { createPutEvents } from './event-bus.ts';
export { createEventPublisher, type EventPublisher } from './event-publisher.ts';
export { countOutcomes, recordAttempts } from './gen-ai-telemetry.ts';
export type { HttpReply } from './http-reply.ts';
export type { HttpRequest } from './http-request.ts';
export { limitCalls } from './limit-calls.ts';
export { onEvent } from './on-event.ts';
export { onQueue } from './on-queue.ts';
export { onRequest } from './on-request.ts';
export { onStream, type StreamReply } from './on-stream.ts';
export { type BatchStore, createBatchStore } from './settlement/batch-store.ts';
export { createDeletionStore, type DeletionStore } from './settlement/deletion-store.ts';
export { acceptedAtOf } from './settlement/end-update.ts';
export { eraseRecord } from './settlement/erase-record.ts';
export { type InferenceItem, inferenceKey, parseInferenceKey } from './settlement/inference-item.ts';
export {
  type Claim,
  type ClaimRequest,
  createInferenceStore,
  type InferenceStore,
  type StoredOutput,
} from './settlement/inference-store.ts';
export { type Acceptance, type AcceptRequest, createIntakeStore, type IntakeStore } from './settlement/intake-store.ts';
export { dayOf } from './settlement/listed-by-day.ts';
export { createListingStore, type DayQuery, type ListFilter, type ListingStore, type ListPlace } from './settlement/listing-store.ts';
export { contentPrefix, deadLetterKey } from './settlement/object-keys.ts';
export { toPendingResult, toResult, toTerminalEvent } from './settlement/record-views.ts';
export { requestHash } from './settlement/request-hash.ts';
export { isAnsweredAtOnce, syncOwner } from './settlement/sync-owner.ts';
export { unansweredRecord } from './settlement/unanswered-record.ts';
export { describeError, logger } from './telemetry.ts';
