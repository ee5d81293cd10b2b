import type * as z from 'zod/mini';
import * as contracts from '../src/index.ts';
import * as samples from '../src/samples.ts';

/** A contract that others build against: its schema is published under its name, and `sample` satisfies it. */
export type PublicContract = { name: string; schema: z.ZodMiniType; sample: unknown };

/** An event: its name is the detail-type. */
export type EventContract = PublicContract & { source: string };

const { CONTROLLER_SOURCE, INFERENCE_SOURCE, ROUTING_SOURCE } = contracts;

/** Contracts of the queues. */
export const QUEUE_CONTRACTS = [
  { name: 'InferenceRequest', schema: contracts.InferenceRequest, sample: samples.inferenceRequest },
  { name: 'InferenceResult', schema: contracts.InferenceResult, sample: samples.inferenceResult },
] as const satisfies PublicContract[];

const HTTP_ONLY = [
  { name: 'InferenceAccepted', schema: contracts.InferenceAccepted, sample: samples.inferenceAccepted },
  { name: 'InferenceBatch', schema: contracts.InferenceBatch, sample: samples.inferenceBatch },
  { name: 'BatchAccepted', schema: contracts.BatchAccepted, sample: samples.batchAccepted },
  { name: 'InferenceList', schema: contracts.InferenceList, sample: samples.inferenceList },
  { name: 'ChatCompletionRequest', schema: contracts.ChatCompletionRequest, sample: samples.chatCompletionRequest },
  { name: 'ChatCompletion', schema: contracts.ChatCompletion, sample: samples.chatCompletion },
  { name: 'ChatCompletionChunk', schema: contracts.ChatCompletionChunk, sample: samples.chatCompletionChunk },
  { name: 'EmbeddingsRequest', schema: contracts.EmbeddingsRequest, sample: samples.embeddingsRequest },
  { name: 'EmbeddingsList', schema: contracts.EmbeddingsList, sample: samples.embeddingsList },
  { name: 'UploadRequest', schema: contracts.UploadRequest, sample: samples.uploadRequest },
  { name: 'UploadTicket', schema: contracts.UploadTicket, sample: samples.uploadTicket },
  { name: 'RouteList', schema: contracts.RouteList, sample: samples.routeList },
  { name: 'ModelList', schema: contracts.ModelList, sample: samples.modelList },
  { name: 'TargetList', schema: contracts.TargetList, sample: samples.targetList },
  { name: 'ErrorBody', schema: contracts.ErrorBody, sample: samples.errorBody },
] as const satisfies PublicContract[];

/** Contracts of the HTTP API. */
export const HTTP_CONTRACTS: readonly PublicContract[] = [...QUEUE_CONTRACTS, ...HTTP_ONLY];

/** Events of the bus, by who publishes them. */
export const EVENT_CONTRACTS = [
  { source: INFERENCE_SOURCE, name: 'InferenceCompleted', schema: contracts.InferenceCompleted, sample: samples.inferenceCompleted },
  { source: INFERENCE_SOURCE, name: 'InferenceFailed', schema: contracts.InferenceFailed, sample: samples.inferenceFailed },
  { source: INFERENCE_SOURCE, name: 'InferenceRejected', schema: contracts.InferenceRejected, sample: samples.inferenceRejected },
  { source: INFERENCE_SOURCE, name: 'InferenceExpired', schema: contracts.InferenceExpired, sample: samples.inferenceExpired },
  { source: INFERENCE_SOURCE, name: 'InferenceDeferred', schema: contracts.InferenceDeferred, sample: samples.inferenceDeferred },
  { source: INFERENCE_SOURCE, name: 'AttemptsObserved', schema: contracts.AttemptsObserved, sample: samples.attemptsObserved },
  { source: CONTROLLER_SOURCE, name: 'TargetEjected', schema: contracts.TargetEjected, sample: samples.targetEjected },
  { source: CONTROLLER_SOURCE, name: 'TargetDegraded', schema: contracts.TargetDegraded, sample: samples.targetDegraded },
  { source: CONTROLLER_SOURCE, name: 'TargetProbing', schema: contracts.TargetProbing, sample: samples.targetProbing },
  { source: CONTROLLER_SOURCE, name: 'TargetRestored', schema: contracts.TargetRestored, sample: samples.targetRestored },
  { source: CONTROLLER_SOURCE, name: 'TargetThrottled', schema: contracts.TargetThrottled, sample: samples.targetThrottled },
  {
    source: CONTROLLER_SOURCE,
    name: 'RoutingOverlayChanged',
    schema: contracts.RoutingOverlayChanged,
    sample: samples.routingOverlayChanged,
  },
  { source: ROUTING_SOURCE, name: 'RoutingTableReleased', schema: contracts.RoutingTableReleased, sample: samples.routingTableReleased },
  {
    source: ROUTING_SOURCE,
    name: 'RoutingTableRolledBack',
    schema: contracts.RoutingTableRolledBack,
    sample: samples.routingTableRolledBack,
  },
] as const satisfies EventContract[];

/** Documents that stand in S3, AppConfig, DynamoDB or a file. */
const DOCUMENT_CONTRACTS = [
  { name: 'InferenceContent', schema: contracts.InferenceContent, sample: { messages: samples.inferenceRequest.messages } },
  { name: 'RoutingTable', schema: contracts.RoutingTable, sample: samples.routingTable },
  { name: 'RoutingOverlay', schema: contracts.RoutingOverlay, sample: samples.routingOverlay },
  { name: 'StackFile', schema: contracts.StackFile, sample: samples.stackFile },
] as const satisfies PublicContract[];

/** Every contract with a published JSON Schema. */
export const PUBLIC_CONTRACTS: readonly PublicContract[] = [...HTTP_CONTRACTS, ...EVENT_CONTRACTS, ...DOCUMENT_CONTRACTS];
