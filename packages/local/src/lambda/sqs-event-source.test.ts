import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LogLine } from '../service.ts';
import type { InvokeRequest, InvokeResult } from './function-definition.ts';
import { type SqsEventSource, type SqsEventSourceOptions, startSqsEventSource } from './sqs-event-source.ts';
import type { SqsEvent, SqsMessage } from './to-sqs-event.ts';

/** A queue without visibility timeout: a received message is gone from it, and stays among the undeleted. */
function createQueue(bodies: string[]) {
  const waiting: SqsMessage[] = bodies.map((body, index) => message(index, body));
  const undeleted = new Map(waiting.map((entry) => [entry.ReceiptHandle, entry.MessageId]));
  const calls: { operation: string; parameters: Record<string, unknown> }[] = [];
  let wake = Promise.withResolvers<void>();
  const handlers: Record<string, (parameters: never) => unknown> = {
    async ReceiveMessage({ MaxNumberOfMessages, WaitTimeSeconds }: { MaxNumberOfMessages: number; WaitTimeSeconds: number }) {
      if (waiting.length === 0 && WaitTimeSeconds > 0) {
        await Promise.race([wake.promise, new Promise((resolve) => setTimeout(resolve, WaitTimeSeconds * 1000).unref())]);
      }
      const Messages = waiting.splice(0, MaxNumberOfMessages);
      return Messages.length === 0 ? {} : { Messages };
    },
    DeleteMessageBatch({ Entries }: { Entries: { Id: string; ReceiptHandle: string }[] }) {
      for (const { ReceiptHandle } of Entries) undeleted.delete(ReceiptHandle);
      return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] };
    },
    ChangeMessageVisibility: () => ({}),
  };
  return {
    handlers,
    calls,
    undeleted,
    sqsCall: async (operation: string, parameters: object) => {
      calls.push({ operation, parameters: parameters as Record<string, unknown> });
      return handlers[operation]?.(parameters as never);
    },
    add(index: number, body: string) {
      const added = message(index, body);
      waiting.push(added);
      undeleted.set(added.ReceiptHandle, added.MessageId);
      wake.resolve();
      wake = Promise.withResolvers<void>();
    },
  };
}

function message(index: number, body: string): SqsMessage {
  return {
    MessageId: `id-${index}`,
    ReceiptHandle: `handle-${index}`,
    Body: body,
    MD5OfBody: 'md5',
    MD5OfMessageAttributes: 'md5-attributes',
    Attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1790000000000',
      SenderId: 'AIDA',
      ApproximateFirstReceiveTimestamp: '1790000000001',
    },
    MessageAttributes: { attempts: { DataType: 'Number', StringValue: '3' }, digest: { DataType: 'Binary', BinaryValue: 'AAE=' } },
  };
}

const lines: LogLine[] = [];
let source: SqsEventSource | undefined;

function start(
  queue: ReturnType<typeof createQueue>,
  invoke: (request: InvokeRequest) => Promise<InvokeResult>,
  overrides: Partial<SqsEventSourceOptions> = {},
) {
  source = startSqsEventSource({
    sqsCall: queue.sqsCall,
    queueUrl: 'http://127.0.0.1/1/work',
    queueArn: 'arn:aws:sqs:eu-west-1:1:work',
    functionName: 'worker',
    invoke,
    batchSize: 10,
    maximumBatchingWindowSeconds: 0,
    reportBatchItemFailures: true,
    region: 'eu-west-1',
    log: (line) => lines.push(line),
    ...overrides,
  });
}

const success = async (): Promise<InvokeResult> => ({ kind: 'success', payload: null });
const recordsOf = ({ payload }: InvokeRequest) => (payload as SqsEvent).Records;

afterEach(async () => {
  await source?.stop();
  source = undefined;
  lines.length = 0;
});

describe('an SQS event source', () => {
  it('gives the function the event of Lambda and deletes what it handled', async () => {
    const queue = createQueue(['{"n":1}']);
    const invoke = vi.fn(success);
    start(queue, invoke);
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0));
    expect(invoke).toHaveBeenCalledWith({
      functionName: 'worker',
      kind: 'request',
      payload: {
        Records: [
          {
            messageId: 'id-0',
            receiptHandle: 'handle-0',
            body: '{"n":1}',
            attributes: {
              ApproximateReceiveCount: '1',
              SentTimestamp: '1790000000000',
              SenderId: 'AIDA',
              ApproximateFirstReceiveTimestamp: '1790000000001',
            },
            messageAttributes: {
              attempts: { stringValue: '3', stringListValues: [], binaryListValues: [], dataType: 'Number' },
              digest: { binaryValue: 'AAE=', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
            },
            md5OfBody: 'md5',
            md5OfMessageAttributes: 'md5-attributes',
            eventSource: 'aws:sqs',
            eventSourceARN: 'arn:aws:sqs:eu-west-1:1:work',
            awsRegion: 'eu-west-1',
          },
        ],
      },
    });
    expect(queue.calls[0]).toEqual({
      operation: 'ReceiveMessage',
      parameters: {
        QueueUrl: 'http://127.0.0.1/1/work',
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 20,
        AttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      },
    });
  });

  it('leaves exactly the messages that the function reports', async () => {
    const queue = createQueue(['a', 'b', 'c']);
    start(queue, async () => ({ kind: 'success', payload: { batchItemFailures: [{ itemIdentifier: 'id-1' }] } }));
    await vi.waitFor(() => expect([...queue.undeleted.values()]).toEqual(['id-1']));
  });

  it('ignores the answer when partial failures are not switched on', async () => {
    const queue = createQueue(['a', 'b']);
    start(queue, async () => ({ kind: 'success', payload: { batchItemFailures: [{ itemIdentifier: 'id-1' }] } }), {
      reportBatchItemFailures: false,
    });
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0));
  });

  it.each([
    ['an invalid answer', { kind: 'success', payload: { batchItemFailures: [{ itemIdentifier: 'unknown' }] } }],
    ['an error', { kind: 'error', errorType: 'Error', message: 'no', fault: 'unhandled' }],
  ] as const)('deletes nothing after %s', async (_name, result) => {
    const queue = createQueue(['a', 'b']);
    const invoke = vi.fn(async (): Promise<InvokeResult> => result);
    start(queue, invoke);
    await vi.waitFor(() => expect(queue.calls.filter(({ operation }) => operation === 'ReceiveMessage')).toHaveLength(2));
    expect(invoke).toHaveBeenCalledTimes(1);
    expect(queue.undeleted.size).toBe(2);
    expect(queue.calls.map(({ operation }) => operation)).not.toContain('DeleteMessageBatch');
  });

  it('never runs more batches than the maximum concurrency, and uses it fully', async () => {
    const queue = createQueue(Array.from({ length: 60 }, String));
    let running = 0;
    let most = 0;
    const invoke = async (): Promise<InvokeResult> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      return { kind: 'success', payload: null };
    };
    start(queue, invoke, { maximumConcurrency: 3, batchSize: 5 });
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0), { timeout: 5000 });
    expect(most).toBe(3);
  });

  it('fills a batch over several receives within its window', async () => {
    const queue = createQueue(Array.from({ length: 25 }, String));
    const invoke = vi.fn(success);
    // Long enough for a busy machine to receive three times before it closes.
    start(queue, invoke, { batchSize: 100, maximumBatchingWindowSeconds: 3 });
    const startedAt = performance.now();
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0), { timeout: 15_000 });
    expect(performance.now() - startedAt).toBeGreaterThan(2_900);
    expect(invoke).toHaveBeenCalledTimes(1);
  });

  it('does not wait for the window when the batch is full', async () => {
    const queue = createQueue(Array.from({ length: 40 }, String));
    const sizes: number[] = [];
    start(
      queue,
      async (request) => {
        sizes.push(recordsOf(request).length);
        return { kind: 'success', payload: null };
      },
      { batchSize: 20, maximumBatchingWindowSeconds: 60 },
    );
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0));
    expect(sizes).toEqual([20, 20]);
  });

  it('splits a batch that would exceed what Lambda takes', async () => {
    const queue = createQueue(Array.from({ length: 8 }, () => 'x'.repeat(1_000_000)));
    const sizes: number[] = [];
    start(queue, async (request) => {
      sizes.push(recordsOf(request).length);
      return { kind: 'success', payload: null };
    });
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0));
    expect(sizes).toEqual([6, 2]);
  });

  it('waits before it polls again when the function is throttled', async () => {
    const queue = createQueue(['a']);
    const calledAt: number[] = [];
    const invoke = async (): Promise<InvokeResult> => {
      calledAt.push(performance.now());
      if (calledAt.length > 1) return { kind: 'success', payload: null };
      queue.add(1, 'b');
      return { kind: 'error', errorType: 'TooManyRequestsException', message: 'busy', fault: 'throttled' };
    };
    start(queue, invoke, { maximumConcurrency: 1 });
    await vi.waitFor(() => expect(calledAt).toHaveLength(2));
    expect((calledAt[1] ?? 0) - (calledAt[0] ?? 0)).toBeGreaterThan(190);
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', message: expect.stringContaining('worker is throttled') }));
  });

  it('keeps polling through an outage of the queue, with growing waits, and says so', async () => {
    const queue = createQueue(['a']);
    const receive = queue.handlers.ReceiveMessage;
    let failures = 2;
    queue.handlers.ReceiveMessage = (parameters) => {
      if (failures-- > 0) throw new Error('connect ECONNREFUSED');
      return receive?.(parameters);
    };
    start(queue, success);
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0), { timeout: 3000 });
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    expect(lines[0]?.message).toContain('ECONNREFUSED');
  });

  it('tries again to delete what the queue would not, and says so when it gives up', async () => {
    const queue = createQueue(['a', 'b']);
    let attempts = 0;
    queue.handlers.DeleteMessageBatch = ({ Entries }: { Entries: { Id: string; ReceiptHandle: string }[] }) => {
      attempts += 1;
      const stuck = Entries.filter(({ ReceiptHandle }) => ReceiptHandle === 'handle-1');
      for (const { ReceiptHandle } of Entries) if (ReceiptHandle !== 'handle-1') queue.undeleted.delete(ReceiptHandle);
      return { Failed: stuck.map(({ Id }) => ({ Id })) };
    };
    start(queue, success);
    await vi.waitFor(
      () =>
        expect(lines).toContainEqual(expect.objectContaining({ level: 'error', message: expect.stringContaining('could not delete 1') })),
      { timeout: 3000 },
    );
    expect(attempts).toBe(3);
    expect([...queue.undeleted.values()]).toEqual(['id-1']);
  });

  it('rests in one long poll while the queue is empty', async () => {
    const queue = createQueue([]);
    start(queue, success);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(queue.calls).toHaveLength(1);
    queue.add(0, 'late');
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0));
  });

  it('gives back what arrives after the stop', async () => {
    const queue = createQueue([]);
    const invoke = vi.fn(success);
    start(queue, invoke);
    await source?.stop();
    queue.add(0, 'late');
    await vi.waitFor(() =>
      expect(queue.calls.at(-1)).toMatchObject({
        operation: 'ChangeMessageVisibility',
        parameters: { ReceiptHandle: 'handle-0', VisibilityTimeout: 0 },
      }),
    );
    expect(invoke).not.toHaveBeenCalled();
  });

  it('handles thousands of messages, each once', async () => {
    const queue = createQueue(Array.from({ length: 2000 }, String));
    const handled: string[] = [];
    const invoke = async ({ payload }: { payload: unknown }): Promise<InvokeResult> => {
      handled.push(...(payload as { Records: { messageId: string }[] }).Records.map(({ messageId }) => messageId));
      return { kind: 'success', payload: null };
    };
    start(queue, invoke, { maximumConcurrency: 10 });
    await vi.waitFor(() => expect(queue.undeleted.size).toBe(0), { timeout: 15_000 });
    expect(handled).toHaveLength(2000);
    expect(new Set(handled).size).toBe(2000);
  });
});
