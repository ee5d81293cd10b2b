import { routingTable } from '@signalbox/contracts/samples';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Delivery } from '../delivery.ts';
import type { Lane } from '../ports.ts';
import type { Settled } from '../process-message.ts';

const processed = vi.hoisted(() => ({ deliveries: [] as Delivery[], lanes: [] as Lane[], settle: {} as Record<string, Settled | Error> }));
const visibility = vi.hoisted(() => ({ letGo: vi.fn(), retrySoon: vi.fn(async () => undefined), stop: vi.fn() }));

vi.mock('../process-message.ts', () => ({
  createProcessMessage: () => async (delivery: Delivery, lane: Lane) => {
    processed.deliveries.push(delivery);
    processed.lanes.push(lane);
    const result = processed.settle[delivery.messageId] ?? 'completed';
    if (result instanceof Error) throw result;
    return result;
  },
}));
vi.mock('../adapters/visibility-keeper.ts', () => ({ keepVisibility: () => visibility }));

const ENVIRONMENT = {
  STAGE: 'test',
  PRIORITY: 'standard',
  QUEUE_URL: 'https://sqs.test/standard',
  REJECTED_QUEUE_URL: 'https://sqs.test/rejected',
  INFERENCES_TABLE: 'inferences',
  OVERLAY_TABLE: 'overlay',
  LIMITS_TABLE: 'limits',
  DATA_BUCKET: 'data',
  EVENT_BUS: 'bus',
  APPCONFIG_APPLICATION: 'signalbox',
  APPCONFIG_ENVIRONMENT: 'test',
  APPCONFIG_PROFILE: 'routing-table',
  AWS_LAMBDA_LOG_STREAM_NAME: '2026/09/21/[$LATEST]sandbox',
  AWS_REGION: 'us-east-1',
  POWERTOOLS_METRICS_DISABLED: 'true',
  POWERTOOLS_METRICS_NAMESPACE: 'Test',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
};

/** A record as Lambda gives it. */
function recordOf(messageId: string, messageAttributes: SQSRecord['messageAttributes'] = {}): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body: '{"schemaVersion":"1.0"}',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1790000000000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1790000000010',
    },
    messageAttributes,
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:signalbox-test-standard',
    awsRegion: 'us-east-1',
  };
}

describe('the worker of a queue', () => {
  let handle: (...records: SQSRecord[]) => Promise<unknown>;

  beforeAll(async () => {
    for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
    vi.stubGlobal('ROUTING_TABLE_SNAPSHOT', routingTable);
    const { handler } = await import('./process-requests.ts');
    const context = { functionName: 'process-standard', getRemainingTimeInMillis: () => 300_000 } as Context;
    handle = (...Records) => handler({ Records } satisfies SQSEvent, context) as Promise<unknown>;
  });
  beforeEach(() => {
    vi.clearAllMocks();
    Object.assign(processed, { deliveries: [], lanes: [], settle: {} });
  });

  it('lets Lambda delete what is settled, and holds the batch until its end', async () => {
    expect(await handle(recordOf('a'), recordOf('b'))).toEqual({ batchItemFailures: [] });
    expect(visibility.letGo).not.toHaveBeenCalled();
    expect(visibility.stop).toHaveBeenCalledOnce();
  });

  it('gives each message its history and the lane with the time that is left', async () => {
    const before = Date.now();
    await handle(
      recordOf('copy', {
        'origin-message-id': { stringValue: 'first', dataType: 'String' },
        deferrals: { stringValue: '3', dataType: 'String' },
      }),
    );
    expect(processed.deliveries).toMatchObject([{ messageId: 'copy', origin: 'first', deferrals: 3, acceptedAt: 1_790_000_000_000 }]);
    expect(processed.lanes).toMatchObject([{ priority: 'standard', queueUrl: 'https://sqs.test/standard' }]);
    const [lane] = processed.lanes;
    for (const [at, within] of [
      [lane?.attemptsEndAt, 270_000],
      [lane?.recordsEndAt, 292_000],
    ] as const) {
      expect((at ?? 0) - before).toBeGreaterThanOrEqual(within);
      expect((at ?? 0) - Date.now()).toBeLessThanOrEqual(within);
    }
  });

  it('leaves a message that was taken over to come again, neither deleted nor hurried', async () => {
    processed.settle = { b: 'superseded' };
    expect(await handle(recordOf('a'), recordOf('b'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] });
    expect(visibility.letGo).toHaveBeenCalledExactlyOnceWith('b');
    expect(visibility.retrySoon).not.toHaveBeenCalled();
  });

  it('has a message that could not be settled come again soon, and its neighbours deleted', async () => {
    processed.settle = { a: new TypeError('a bug') };
    expect(await handle(recordOf('a'), recordOf('b'))).toEqual({ batchItemFailures: [{ itemIdentifier: 'a' }] });
    expect(visibility.retrySoon).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ messageId: 'a', receiptHandle: 'receipt-a' }));
  });
});
