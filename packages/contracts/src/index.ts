export { ChatAnswer } from './chat-answer.ts';
export { checkJsonShape } from './check-json-shape.ts';
export { escapeForSqs } from './escape-for-sqs.ts';
export { AttemptsObserved, OBSERVATION_BUCKET_MS, ObservedAttempts, TENANT_SLOTS, WITNESS_SLOTS } from './events/attempts-observed.ts';
export {
  CONTROLLER_SOURCE,
  OverlayExcerpt,
  RoutingOverlayChanged,
  TargetCondition,
  TargetDegraded,
  TargetEjected,
  TargetProbing,
  TargetRestored,
  TargetThrottled,
} from './events/controller-events.ts';
export { EventMetadata, type OutgoingEvent } from './events/event.ts';
export {
  Features,
  INFERENCE_SOURCE,
  InferenceCompleted,
  InferenceDeferred,
  InferenceExpired,
  InferenceFailed,
  InferenceRejected,
} from './events/inference-events.ts';
export { ReleasedTable, ROUTING_SOURCE, RoutingTableReleased, RoutingTableRolledBack } from './events/routing-events.ts';
export type { Guard, GuardQuestion, GuardVerdict } from './guard.ts';
export { HealthThresholds } from './health-thresholds.ts';
export { ChatCompletion, ChatCompletionChunk, CompletionUsage, FinishReason } from './http/chat-completion.ts';
export { ChatCompletionRequest, SignalboxOptions } from './http/chat-completion-request.ts';
export { EmbeddingsList, EmbeddingsRequest, MAX_EMBEDDING_INPUTS } from './http/embeddings.ts';
export { AttemptSummary, ErrorBody, RequestError } from './http/error-body.ts';
export { errorTypeOf } from './http/error-type.ts';
export { InferenceAccepted } from './http/inference-accepted.ts';
export { BatchAccepted, BatchEntry, InferenceBatch, MAX_BATCH_BYTES, MAX_BATCH_REQUESTS } from './http/inference-batch.ts';
export { BatchProgress, InferenceList, InferenceListing, MAX_LISTED_INFERENCES } from './http/inference-list.ts';
export { ModelList, RouteList, RouteListing } from './http/listings.ts';
export {
  HealthReport,
  listTargets,
  OVERLAY_STALE_MS,
  type OverlayReading,
  TargetHold,
  TargetList,
  TargetListing,
} from './http/targets.ts';
export { UploadRequest, UploadTicket } from './http/upload.ts';
export { InferenceRecord } from './inference-record.ts';
export {
  ClaimCheck,
  DEFAULT_DEADLINE_MS,
  DEFAULT_TENANT,
  InferenceContent,
  InferenceId,
  InferenceRequest,
  MAX_DEADLINE_MS,
  MAX_INLINE_BYTES,
  MAX_LABELS,
  MAX_PAYLOAD_BYTES,
  Priority,
  Requirements,
} from './inference-request.ts';
export { ErrorDetail, InferenceResult, ServedBy, TableSource } from './inference-result.ts';
export { canMove, FailureReason, InferenceStatus, isTerminal, type TerminalStatus, TRANSITIONS } from './inference-state.ts';
export { Json, JsonObject } from './json.ts';
export { ContentBlock, InferenceConfig, Message, OutputConfig, SystemBlock, ToolConfig } from './message.ts';
export type { AnswerDelta, CallLimits, CallModel, ModelAnswer, ModelCall, ModelFailure, ModelReply } from './model-call.ts';
export { Attempt, OutcomeKind, Usage } from './outcome.ts';
export { MAX_DOCUMENTS, MAX_IMAGES, mergeContent, type ParsedRequest, parseInferenceRequest } from './parse-inference-request.ts';
export { isOwnPayload, payloadPrefix } from './payload-key.ts';
export { describeIssues, formatPath, Problem } from './problem.ts';
export { OverlayTarget, RoutingOverlay } from './routing-overlay.ts';
export {
  BedrockTarget,
  Guardrail,
  OpenAiTarget,
  Price,
  Route,
  RouteLimits,
  RouteRule,
  RouteTargetWeight,
  RoutingStrategy,
  RoutingTable,
  RoutingTarget,
  SageMakerTarget,
  SecretReference,
} from './routing-table.ts';
export { compareSchemaVersion, SCHEMA_VERSION, TABLE_SCHEMA_VERSION } from './schema-version.ts';
export { StackFile } from './stack-file.ts';
