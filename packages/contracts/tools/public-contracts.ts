import type * as z from 'zod/mini';
import * as contracts from '../src/index.ts';
import * as samples from '../src/samples.ts';

/** A contract that others build against: its schema is published under its name, and `sample` satisfies it. */
export type PublicContract = { name: string; schema: z.ZodMiniType; sample: unknown };

/** Contracts of the queues. */
export const QUEUE_CONTRACTS = [
  { name: 'InferenceRequest', schema: contracts.InferenceRequest, sample: samples.inferenceRequest },
  { name: 'InferenceResult', schema: contracts.InferenceResult, sample: samples.inferenceResult },
] as const satisfies PublicContract[];

/** Events of the source `signalbox.inference`; the name is the detail-type. */
export const EVENT_CONTRACTS = [
  { name: 'InferenceCompleted', schema: contracts.InferenceCompleted, sample: samples.inferenceCompleted },
  { name: 'InferenceFailed', schema: contracts.InferenceFailed, sample: samples.inferenceFailed },
  { name: 'InferenceRejected', schema: contracts.InferenceRejected, sample: samples.inferenceRejected },
  { name: 'InferenceExpired', schema: contracts.InferenceExpired, sample: samples.inferenceExpired },
  { name: 'InferenceDeferred', schema: contracts.InferenceDeferred, sample: samples.inferenceDeferred },
  { name: 'AttemptsObserved', schema: contracts.AttemptsObserved, sample: samples.attemptsObserved },
] as const satisfies PublicContract[];

/** Documents that stand in S3, AppConfig, DynamoDB or a file. */
const DOCUMENT_CONTRACTS = [
  { name: 'InferenceContent', schema: contracts.InferenceContent, sample: { messages: samples.inferenceRequest.messages } },
  { name: 'RoutingTable', schema: contracts.RoutingTable, sample: samples.routingTable },
  { name: 'RoutingOverlay', schema: contracts.RoutingOverlay, sample: samples.routingOverlay },
  { name: 'StackFile', schema: contracts.StackFile, sample: samples.stackFile },
] as const satisfies PublicContract[];

/** Every contract with a published JSON Schema. */
export const PUBLIC_CONTRACTS: readonly PublicContract[] = [...QUEUE_CONTRACTS, ...EVENT_CONTRACTS, ...DOCUMENT_CONTRACTS];
