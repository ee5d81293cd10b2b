import {
  InferenceCompleted,
  InferenceExpired,
  InferenceFailed,
  type InferenceRecord,
  InferenceResult,
  InferenceStatus,
  isTerminal,
  type Json,
} from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferenceKey, parseInferenceKey, readInferenceItem } from './inference-item.ts';
import { toPendingResult, toResult, toTerminalEvent } from './record-views.ts';
import { succeededRecord, unansweredRecord } from './test-record.ts';

const OUTPUT = { message: { role: 'assistant', content: [{ text: 'Paris' }] } };
const { reason: _, ...withoutReason } = unansweredRecord;
const EXPIRED: InferenceRecord = { ...withoutReason, status: 'expired' };
const REJECTED: InferenceRecord = { ...withoutReason, status: 'rejected' };
const STAGE = { stage: 'test' };

/** What a record may not show to its producer: how the platform carried it. */
const INTERNAL = ['tenant', 'priority', 'messageId', 'deferrals', 'features', 'traceparent', 'outputBytes', 'deadline'];

describe('the result of an ended inference', () => {
  it.each([
    ['succeeded', succeededRecord],
    ['failed', unansweredRecord],
    ['expired', EXPIRED],
    ['rejected', REJECTED],
  ])('%s keeps its contract, and nothing internal', (_status, record) => {
    const result = toResult(record, {});
    expect(InferenceResult.parse(result)).toEqual(result);
    for (const name of INTERNAL) expect(result).not.toHaveProperty(name);
    expect(result).toMatchObject({ id: record.id, status: record.status, timing: record.timing, finishedAt: record.finishedAt });
  });

  it('carries the output, a link to it, or neither', () => {
    expect(toResult(succeededRecord, { output: OUTPUT })).toMatchObject({ output: OUTPUT });
    expect(toResult(succeededRecord, { output: null })).toMatchObject({ output: null });
    expect(toResult(succeededRecord, { outputUrl: 'https://bucket/key' })).toMatchObject({ outputUrl: 'https://bucket/key' });
    expect(Object.keys(toResult(succeededRecord, {}))).not.toEqual(expect.arrayContaining(['output']));
  });

  it('keeps a cost that is unknown as null', () => {
    expect(toResult(succeededRecord, {}).costUsd).toBeNull();
  });

  it('carries any JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (output) => {
        expect(toResult(succeededRecord, { output: output as Json }).output).toBe(output);
      }),
    );
  });
});

describe('the result of an inference that is still open', () => {
  it.each([
    ['accepting', 'accepted'],
    ['accepted', 'accepted'],
    ['running', 'running'],
  ] as const)('%s is shown as %s', (status, shown) => {
    const result = toPendingResult({ key: 'acme#a#b', status, deferrals: 0, route: 'default', labels: { campaign: 'spring' }, fence: 'x' });
    expect(result).toEqual({ schemaVersion: '1.0', id: 'a#b', status: shown, route: 'default', labels: { campaign: 'spring' } });
    expect(InferenceResult.parse(result)).toEqual(result);
  });

  it('leaves out what is not known, and empty labels', () => {
    expect(toPendingResult({ key: 'acme#a', status: 'accepted', deferrals: 0, labels: {} })).toEqual({
      schemaVersion: '1.0',
      id: 'a',
      status: 'accepted',
    });
  });
});

describe('the event of an ended inference', () => {
  it.each([
    ['InferenceCompleted', succeededRecord, InferenceCompleted],
    ['InferenceFailed', unansweredRecord, InferenceFailed],
    ['InferenceExpired', EXPIRED, InferenceExpired],
  ])('%s keeps its contract', (detailType, record, contract) => {
    const event = toTerminalEvent(record, STAGE);
    expect(event).toMatchObject({ source: 'signalbox.inference', detailType });
    expect(contract.parse(event?.detail)).toEqual(event?.detail);
    expect(event?.detail.metadata).toMatchObject({
      id: 'acme#invoice-4711#end',
      occurredAt: record.finishedAt,
      correlationId: record.id,
      causationId: record.messageId,
    });
  });

  it('carries the trace, where there is one', () => {
    expect(toTerminalEvent(succeededRecord, STAGE)?.detail.metadata.traceparent).toBe(succeededRecord.traceparent);
    expect(toTerminalEvent(unansweredRecord, STAGE)?.detail.metadata).not.toHaveProperty('traceparent');
  });

  it('of a rejection is not made from its record: it is keyed by its message', () => {
    expect(toTerminalEvent(REJECTED, STAGE)).toBeUndefined();
  });

  it('is the same when it is made again, also from what the table gives back', () => {
    for (const record of [succeededRecord, unansweredRecord, EXPIRED]) {
      const first = toTerminalEvent(record, STAGE);
      const item = readInferenceItem({
        pk: { S: inferenceKey(record.tenant, record.id) },
        status: { S: record.status },
        record: { S: JSON.stringify(record) },
      });
      expect(toTerminalEvent(item.record ?? REJECTED, STAGE)).toEqual(first);
      expect(JSON.stringify(toTerminalEvent(structuredClone(record), STAGE))).toBe(JSON.stringify(first));
    }
  });

  it('names its id by tenant and request, so that no two inferences share one', () => {
    const id = (tenant: string, request: string) => toTerminalEvent({ ...succeededRecord, tenant, id: request }, STAGE)?.detail.metadata.id;
    expect(new Set([id('acme', 'one'), id('acme', 'two'), id('other', 'one')]).size).toBe(3);
  });

  it('has no place for content: a record with an answer slipped in is told without it', () => {
    const leaking = { ...succeededRecord, output: OUTPUT, messages: ['What is the capital of France?'] } as InferenceRecord;
    const told = JSON.stringify(toTerminalEvent(leaking, STAGE));
    expect(told).not.toMatch(/Paris|capital/);
  });
});

describe('the key of an inference', () => {
  it('gives back its tenant and id, whatever the id holds', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[^#]+$/), fc.string(), (tenant, id) => {
        expect(parseInferenceKey(inferenceKey(tenant, id))).toEqual({ tenant, id });
      }),
    );
  });
});

describe('an item of the table', () => {
  it('is read with what it has, and nothing else', () => {
    expect(readInferenceItem({ pk: { S: 'acme#a' }, status: { S: 'accepted' } })).toEqual({
      key: 'acme#a',
      status: 'accepted',
      deferrals: 0,
    });
  });

  it('is read in every status', () => {
    for (const status of InferenceStatus.options)
      expect(readInferenceItem({ pk: { S: 'acme#a' }, status: { S: status } }).status).toBe(status);
    expect(InferenceStatus.options.filter(isTerminal)).toHaveLength(4);
  });
});
