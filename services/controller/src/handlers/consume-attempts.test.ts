import { attemptsObserved, routingTable } from '@signalbox/contracts/samples';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { makeWorld } from '../testing/make-world.ts';
import { messageOf } from '../testing/observed-message.ts';

const fixture = makeWorld(routingTable);
vi.mock('../adapters/connect-judge.ts', () => ({ connectJudge: () => ({ ports: fixture.ports, judge: fixture.judge }) }));

const START = attemptsObserved.data.observations[0]?.bucketStart ?? 0;
const KEY = 'nova-lite@9d0c1b2a';

/** A record as Lambda gives it, of a message that EventBridge sent. */
function recordOf({ messageId, body }: { messageId: string; body: string }): SQSRecord {
  return {
    messageId,
    receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1790000001102',
      SenderId: 'AIDAJXNJGGKNS7OSV23OI',
      ApproximateFirstReceiveTimestamp: '1790000001110',
    },
    messageAttributes: {},
    md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:111122223333:signalbox-test-observations',
    awsRegion: 'us-east-1',
  };
}

let handle: (...messages: { messageId: string; body: string }[]) => Promise<SQSBatchResponse>;
const attempts = () => fixture.world.counters.get(KEY)?.get(START)?.counters.attempts ?? 0;

beforeAll(async () => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  const { handler } = await import('./consume-attempts.ts');
  const context = { functionName: 'consume-attempts', getRemainingTimeInMillis: () => 30_000 } as Context;
  handle = (...messages) => handler({ Records: messages.map(recordOf) } satisfies SQSEvent, context) as Promise<SQSBatchResponse>;
});
beforeEach(() => {
  Object.assign(fixture.world, {
    counters: new Map(),
    fleet: undefined,
    overlay: undefined,
    turnAt: undefined,
    executions: [],
    events: [],
  });
  fixture.world.before = async () => undefined;
  fixture.world.now = Math.max(fixture.world.now + 60_000, START + 1_000);
});

const at = () => ({ bucketStart: START, count: 10 });

it('counts what the fleet saw, and judges it in the same invocation when it speaks against a target', async () => {
  fixture.world.now = START + 1_000;
  expect(
    await handle(
      messageOf('one', { ...at(), outcome: 'faulted' }),
      messageOf('two', { ...at(), target: 'nova-micro', definition: '77aa0e51' }),
    ),
  ).toEqual({
    batchItemFailures: [],
  });
  expect(attempts()).toBe(10);
  expect(fixture.world.overlay?.overlay?.targets[KEY]).toMatchObject({ state: 'open' });
  expect(fixture.world.executions).toHaveLength(1);
});

it('gives back a message that is none, and counts its neighbours', async () => {
  expect(await handle({ messageId: 'bad', body: '{"source":"signalbox.inference"}' }, messageOf('three', at()))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'bad' }],
  });
  expect(attempts()).toBe(10);
});

it('gives back what could not be counted, and judges all the same', async () => {
  const judged = fixture.world.metrics.get('HealthJudgements') ?? 0;
  fixture.world.before = async (access) => {
    if (access.startsWith('add')) throw new Error('throttled');
  };
  expect(await handle(messageOf('four', at()))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-four' }] });
  expect(fixture.world.metrics.get('HealthJudgements')).toBe(judged + 1);
});

it('does not count again because a judgement failed: the next turn makes it', async () => {
  fixture.world.now = START + 1_000;
  fixture.world.before = async (access) => {
    if (access === 'write fleet') throw new Error('table throttled');
  };
  expect(await handle(messageOf('five', { ...at(), outcome: 'faulted' }))).toEqual({ batchItemFailures: [] });
  expect(attempts()).toBe(10);
  expect(fixture.world.overlay).toBeUndefined();
  fixture.world.before = async () => undefined;
  fixture.world.now += 5_000;
  await handle(messageOf('six', { ...at(), target: 'nova-micro', definition: '77aa0e51' }));
  expect(fixture.world.overlay?.overlay?.targets[KEY]).toMatchObject({ state: 'open' });
});

it('gives the whole batch back when there is no routing table to count by', async () => {
  const { readTable } = fixture.ports;
  const context = { functionName: 'consume-attempts', getRemainingTimeInMillis: () => 30_000 } as Context;
  vi.resetModules();
  fixture.ports.readTable = () => Promise.reject(new Error('no released table'));
  const { handler } = await import('./consume-attempts.ts');
  await expect(handler({ Records: [recordOf(messageOf('seven', at()))] }, context)).rejects.toThrow('no released table');
  fixture.ports.readTable = readTable;
});
