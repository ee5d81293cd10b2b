import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BusListener, listenToBus } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

let running: RunningStack;
let producer: Producer;
let bus: BusListener;
let simulator: ReturnType<typeof createSimulator>;

beforeEach(async () => {
  running = await startStack();
  producer = createProducer(running.stack);
  bus = await listenToBus(running.stack);
  simulator = createSimulator(running.stack);
  await producer.sqs.send(new CreateQueueCommand({ QueueName: 'signalbox-reply-reports' }));
});
afterEach(() => running.stop());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('needed: gone, the queue waits, no model is called, no money is spent', () => {
  it.each(['error', 'hang'] as const)(
    'inferences table: %s',
    async (kind) => {
      await simulator.breakAws({ service: 'dynamodb', contains: 'signalbox-local-inferences', kind });
      const request = question('Is anyone there?');
      await producer.send(request);
      await pause(8_000);
      expect(await simulator.attempts()).toHaveLength(0);
      await simulator.healAws();
      expect(await producer.waitFor(request.id ?? '', 60_000)).toMatchObject({ status: 'succeeded' });
      expect(await simulator.attempts()).toHaveLength(1);
    },
    90_000,
  );

  it('inferences table, between the claim and the record: the answer is kept and the model not asked again', async () => {
    await simulator.breakAws({
      service: 'dynamodb',
      operation: 'UpdateItem',
      contains: 'fence = :fence AND',
      kind: 'error',
      forSeconds: 15,
    });
    const request = question('Hold this answer');
    await producer.send(request);
    expect(await producer.waitFor(request.id ?? '', 60_000)).toMatchObject({ status: 'succeeded' });
    expect(await simulator.attempts()).toHaveLength(1);
  }, 90_000);

  it.each(['error', 'hang'] as const)(
    'S3, for a request that uses it: %s',
    async (kind) => {
      await simulator.breakAws({ service: 's3', kind });
      const withCheck = {
        schemaVersion: '1.0',
        id: `check-${Date.now()}`,
        payload: { key: 'payloads/default/later.json', sha256: '0'.repeat(64) },
      };
      const without = question('I do not need S3');
      await producer.sendMany([withCheck, without]);
      expect(await producer.waitFor(without.id ?? '')).toMatchObject({ status: 'succeeded' });
      expect((await producer.result(withCheck.id))?.status ?? 'accepted').toMatch(/accepted|running/);
      await simulator.healAws();
      expect(await producer.waitFor(withCheck.id, 60_000)).toMatchObject({ status: 'rejected', error: { code: 'payload-missing' } });
    },
    120_000,
  );
});

describe('delayed: gone, answers are readable, the event follows without a second model call', () => {
  it.each(['error', 'hang'] as const)(
    'event bus: %s',
    async (kind) => {
      await simulator.breakAws({ service: 'events', operation: 'PutEvents', kind });
      const request = question('Tell it later');
      await producer.send(request);
      expect(await producer.waitFor(request.id ?? '')).toMatchObject({ status: 'succeeded' });
      await pause(3_000);
      await simulator.healAws();
      await bus.waitFor(({ detailType, data }) => detailType === 'InferenceCompleted' && data.id === request.id, 1, 90_000);
      expect(await simulator.attempts()).toHaveLength(1);
    },
    120_000,
  );

  it.each(['error', 'hang'] as const)(
    'reply queue: %s',
    async (kind) => {
      await simulator.breakAws({ service: 'sqs', operation: 'SendMessage', contains: 'signalbox-reply-reports', kind });
      const request = question('Reply later', { reply: { queue: 'reports' } });
      await producer.send(request);
      expect(await producer.waitFor(request.id ?? '')).toMatchObject({ status: 'succeeded' });
      await simulator.healAws();
      await bus.waitFor(({ detailType, data }) => detailType === 'InferenceCompleted' && data.id === request.id, 1, 90_000);
      const { QueueUrl } = await producer.sqs.send(new CreateQueueCommand({ QueueName: 'signalbox-reply-reports' }));
      const { Messages = [] } = await producer.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      expect(Messages).toHaveLength(1);
      expect(await simulator.attempts()).toHaveLength(1);
    },
    120_000,
  );
});

describe('optional: gone, nothing changes', () => {
  it.each(['error', 'hang'] as const)(
    'AppConfig at a cold start: %s',
    async (kind) => {
      await simulator.breakAws({ service: 'appconfig', kind });
      const request = question('Cold and alone');
      await producer.send(request);
      expect(await producer.waitFor(request.id ?? '', 30_000)).toMatchObject({ status: 'succeeded', tableSource: 's3' });
    },
    60_000,
  );

  it('AppConfig and S3 at a cold start: the bundled snapshot answers', async () => {
    await simulator.breakAws({ service: 'appconfig', kind: 'error' });
    await simulator.breakAws({ service: 's3', kind: 'error' });
    const request = question('Colder');
    await producer.send(request);
    expect(await producer.waitFor(request.id ?? '', 30_000)).toMatchObject({ status: 'succeeded', tableSource: 'snapshot' });
  }, 60_000);

  it.each(['error', 'hang'] as const)(
    'overlay table: %s',
    async (kind) => {
      await simulator.breakAws({ service: 'dynamodb', contains: 'signalbox-local-overlay', kind });
      for (let count = 0; count < 5; count++) {
        const request = question(`Without overlay ${count}`);
        await producer.send(request);
        expect(await producer.waitFor(request.id ?? '')).toMatchObject({ status: 'succeeded' });
        await pause(500);
      }
    },
    60_000,
  );
});
