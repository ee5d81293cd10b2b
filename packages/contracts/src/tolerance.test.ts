import { describe, expect, it } from 'vitest';
import * as contracts from './index.ts';
import * as samples from './samples.ts';

type Path = (string | number)[];

/** A copy of the sample with the value at the path replaced, or removed when it is undefined. */
function changed(sample: object, path: Path, value: unknown): unknown {
  const copy = structuredClone(sample);
  const key = path.at(-1) as string;
  const parent = path.slice(0, -1).reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], copy) as Record<
    string,
    unknown
  >;
  if (value === undefined) delete parent[key];
  else parent[key] = value;
  return copy;
}

describe('events and documents tolerate a field of a later version in', () => {
  it.each([
    ['a result', contracts.InferenceResult, samples.inferenceResult, ['added']],
    ['an attempt', contracts.InferenceResult, samples.inferenceResult, ['attempts', 0, 'added']],
    ['an event', contracts.InferenceCompleted, samples.inferenceCompleted, ['data', 'added']],
    ['its metadata', contracts.InferenceCompleted, samples.inferenceCompleted, ['metadata', 'added']],
    ['a routing table', contracts.RoutingTable, samples.routingTable, ['targets', 'nova-lite', 'added']],
    ['an overlay', contracts.RoutingOverlay, samples.routingOverlay, ['added']],
    ['a stack file', contracts.StackFile, samples.stackFile, ['queues', 'added']],
  ] as const)('%s', (_, schema, sample, path) => {
    expect(schema.parse(changed(sample, [...path], { any: 'thing' }))).toEqual(sample);
  });
});

describe('events and documents refuse', () => {
  it.each([
    ['a result of no known status', contracts.InferenceResult, samples.inferenceResult, ['status'], 'done'],
    ['a cost that is a text', contracts.InferenceResult, samples.inferenceResult, ['costUsd'], '0.1'],
    ['negative usage', contracts.InferenceResult, samples.inferenceResult, ['usage', 'inputTokens'], -1],
    ['an event without an id', contracts.InferenceCompleted, samples.inferenceCompleted, ['metadata', 'id'], ''],
    ['an event without a time', contracts.InferenceCompleted, samples.inferenceCompleted, ['metadata', 'occurredAt'], undefined],
    ['an answer by nobody', contracts.InferenceCompleted, samples.inferenceCompleted, ['data', 'servedBy'], undefined],
    ['a failure without a reason', contracts.InferenceFailed, samples.inferenceFailed, ['data', 'reason'], undefined],
    ['an unknown outcome', contracts.AttemptsObserved, samples.attemptsObserved, ['data', 'observations', 0, 'outcome'], 'broken'],
    ['no observations', contracts.AttemptsObserved, samples.attemptsObserved, ['data', 'observations'], []],
    ['101 latencies', contracts.AttemptsObserved, samples.attemptsObserved, ['data', 'observations', 0, 'latenciesMs'], Array(101).fill(1)],
    ['a tenant slot of 16', contracts.AttemptsObserved, samples.attemptsObserved, ['data', 'observations', 0, 'tenantSlot'], 16],
    ['a route without candidates', contracts.RoutingTable, samples.routingTable, ['routes', 'default', 'candidates'], []],
    ['a weight of 0', contracts.RoutingTable, samples.routingTable, ['routes', 'default', 'candidates', 0, 'weight'], 0],
    ['a target of an unknown kind', contracts.RoutingTable, samples.routingTable, ['targets', 'nova-lite', 'kind'], 'magic'],
    [
      'an unstated price that is left out',
      contracts.RoutingTable,
      samples.routingTable,
      ['targets', 'nova-lite', 'price', 'inputPerMTokens'],
      undefined,
    ],
    ['a rate of 2', contracts.RoutingTable, samples.routingTable, ['targets', 'nova-lite', 'health'], { openRate: 2 }],
    ['a reply queue outside the prefix', contracts.RoutingTable, samples.routingTable, ['replyQueues', 'reports'], 'orders'],
    ['a share above 1', contracts.RoutingOverlay, samples.routingOverlay, ['targets', 'nova-lite@9d0c1b2a', 'share'], 1.1],
    [
      'a reason of 81 characters',
      contracts.RoutingOverlay,
      samples.routingOverlay,
      ['targets', 'nova-lite@9d0c1b2a', 'reason'],
      'x'.repeat(81),
    ],
    ['a negative sequence', contracts.RoutingOverlay, samples.routingOverlay, ['seq'], -1],
    ['a gateway without a URL', contracts.StackFile, samples.stackFile, ['gatewayUrl'], '127.0.0.1:4510'],
  ] as const)('%s', (_, schema, sample, path, value) => {
    expect(schema.safeParse(changed(sample, [...path], value)).success).toBe(false);
  });
});
