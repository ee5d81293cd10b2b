import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { onQueue } from './on-queue.ts';
import { logger } from './telemetry.ts';
import { lambdaContext } from './test-lambda-context.ts';

beforeEach(() => {
  vi.spyOn(logger, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** As Lambda's poller delivers it. */
function record(messageId: string): SQSRecord {
  return {
    messageId,
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
    body: '{"schemaVersion":"1.0","messages":[{"role":"user","content":[{"text":"a secret prompt"}]}]}',
    attributes: {
      ApproximateReceiveCount: '3',
      SentTimestamp: '1545082649183',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1545082649185',
    },
    messageAttributes: {},
    md5OfBody: '098f6bcd4621d373cade4e832627b4f6',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:signalbox-test-standard',
    awsRegion: 'us-east-1',
  };
}

function event(...ids: string[]): SQSEvent {
  return { Records: ids.map(record) };
}

function createFixture({ failing = [] }: { failing?: string[] } = {}) {
  const steps: string[] = [];
  const handler = onQueue({
    open: (records, context) => {
      steps.push(`open ${records.map(({ messageId }) => messageId)} for ${context.functionName}`);
      return { invocation: steps.length };
    },
    processRecord: async ({ messageId }, { invocation }) => {
      await Promise.resolve();
      steps.push(`process ${messageId} in ${invocation}`);
      if (failing.includes(messageId)) throw new Error(`cannot settle ${messageId}`);
    },
    close: async ({ invocation }) => {
      steps.push(`close ${invocation}`);
    },
  });
  return { handler, steps };
}

it('opens once, settles every record with what was opened, and closes once', async () => {
  const { handler, steps } = createFixture();
  expect(await handler(event('one', 'two'), lambdaContext)).toEqual({ batchItemFailures: [] });
  expect(steps).toEqual(['open one,two for signalbox-test', 'process one in 1', 'process two in 1', 'close 1']);
});

it('gives back only the records that failed, logs each by its id, and closes all the same', async () => {
  const { handler, steps } = createFixture({ failing: ['two'] });
  expect(await handler(event('one', 'two', 'three'), lambdaContext)).toEqual({ batchItemFailures: [{ itemIdentifier: 'two' }] });
  expect(steps.at(-1)).toBe('close 1');
  expect(vi.mocked(logger.warn).mock.calls).toEqual([
    [
      'A message could not be settled and comes again',
      { messageId: 'two', receives: '3', error: { name: 'Error', message: 'cannot settle two' } },
    ],
  ]);
});

it('gives back all records when all failed, without an error of the function', async () => {
  const { handler, steps } = createFixture({ failing: ['one', 'two'] });
  const { batchItemFailures } = (await handler(event('one', 'two'), lambdaContext)) ?? {};
  expect(batchItemFailures).toEqual([{ itemIdentifier: 'one' }, { itemIdentifier: 'two' }]);
  expect(steps.at(-1)).toBe('close 1');
});

it('works on the records of a batch side by side', async () => {
  let running = 0;
  let most = 0;
  const handler = onQueue({
    open: () => undefined,
    processRecord: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    },
    close: async () => undefined,
  });
  await handler(event('one', 'two', 'three'), lambdaContext);
  expect(most).toBe(3);
});

it('forgets the failures of the invocation before', async () => {
  const failing = ['one'];
  const { handler } = createFixture({ failing });
  await handler(event('one'), lambdaContext);
  failing.pop();
  expect(await handler(event('one'), lambdaContext)).toEqual({ batchItemFailures: [] });
});

it('fails the whole batch when it cannot open, and processes nothing', async () => {
  const processRecord = vi.fn();
  const handler = onQueue({
    open: async () => {
      throw new Error('no table');
    },
    processRecord,
    close: async () => undefined,
  });
  await expect(handler(event('one'), lambdaContext)).rejects.toThrow('no table');
  expect(processRecord).not.toHaveBeenCalled();
});

it('fails the whole batch when it cannot close: what was settled is settled again, harmlessly', async () => {
  const handler = onQueue({
    open: () => undefined,
    processRecord: async () => undefined,
    close: async () => {
      throw new Error('events could not be sent');
    },
  });
  await expect(handler(event('one'), lambdaContext)).rejects.toThrow('events could not be sent');
});

it('leaves a batch that reaches its timeout to Lambda, which ends the process and with it every timer that holds a message', async () => {
  const handler = onQueue({
    open: () => undefined,
    processRecord: () => new Promise<never>(() => undefined),
    close: async () => undefined,
  });
  const running = handler(event('one'), { ...lambdaContext, getRemainingTimeInMillis: () => 20 });
  const outcome = await Promise.race([
    Promise.resolve(running).then(
      () => 'resolved',
      () => 'rejected',
    ),
    new Promise((resolve) => setTimeout(resolve, 200, 'still running')),
  ]);
  expect(outcome).toBe('still running');
});

it('closes what it opened also when the batch cannot be processed', async () => {
  const closed: string[] = [];
  const handler = onQueue({
    open: () => 'opened',
    processRecord: async () => undefined,
    close: async (invocation) => void closed.push(invocation),
  });
  await expect(handler({ Records: undefined } as unknown as SQSEvent, lambdaContext)).rejects.toThrow();
  expect(closed).toEqual(['opened']);
});
