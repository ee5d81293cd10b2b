import { describe, expect, it } from 'vitest';
import * as contracts from './index.ts';
import * as samples from './samples.ts';

const sampleByName = new Map<string, unknown>(Object.entries(samples));
const schemas = {
  inferenceRequest: contracts.InferenceRequest,
  inferenceAccepted: contracts.InferenceAccepted,
  inferenceBatch: contracts.InferenceBatch,
  batchAccepted: contracts.BatchAccepted,
  inferenceList: contracts.InferenceList,
  errorBody: contracts.ErrorBody,
  chatCompletionRequest: contracts.ChatCompletionRequest,
  chatCompletion: contracts.ChatCompletion,
  chatCompletionChunk: contracts.ChatCompletionChunk,
  embeddingsRequest: contracts.EmbeddingsRequest,
  embeddingsList: contracts.EmbeddingsList,
  uploadRequest: contracts.UploadRequest,
  uploadTicket: contracts.UploadTicket,
  routeList: contracts.RouteList,
  modelList: contracts.ModelList,
  targetList: contracts.TargetList,
  attempt: contracts.Attempt,
  inferenceResult: contracts.InferenceResult,
  routingTable: contracts.RoutingTable,
  routingOverlay: contracts.RoutingOverlay,
  stackFile: contracts.StackFile,
  inferenceCompleted: contracts.InferenceCompleted,
  inferenceFailed: contracts.InferenceFailed,
  inferenceExpired: contracts.InferenceExpired,
  inferenceRejected: contracts.InferenceRejected,
  inferenceDeferred: contracts.InferenceDeferred,
  attemptsObserved: contracts.AttemptsObserved,
  targetDegraded: contracts.TargetDegraded,
  targetEjected: contracts.TargetEjected,
  targetProbing: contracts.TargetProbing,
  targetRestored: contracts.TargetRestored,
  targetThrottled: contracts.TargetThrottled,
  routingOverlayChanged: contracts.RoutingOverlayChanged,
  routingTableReleased: contracts.RoutingTableReleased,
  routingTableRolledBack: contracts.RoutingTableRolledBack,
};

describe('samples', () => {
  it('each have a schema here', () => {
    expect(Object.keys(samples).sort()).toEqual(Object.keys(schemas).sort());
  });

  it.each(Object.entries(schemas))('%s has no field that its schema does not know, and every one it needs', (name, schema) => {
    const sample = sampleByName.get(name);
    expect(schema.parse(sample)).toEqual(sample);
  });

  it.each(Object.entries(samples))('%s survives being written as JSON', (_, sample) => {
    expect(JSON.parse(JSON.stringify(sample))).toEqual(sample);
  });

  it('has a request that parses', () => {
    expect(contracts.parseInferenceRequest(samples.inferenceRequest)).toEqual({
      kind: 'valid',
      request: samples.inferenceRequest,
      notes: [],
    });
  });
});
