import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { InferenceCompleted, InferenceResult } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BusListener, distinctTerminal, listenToBus } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator } from './kit/simulator.ts';

let running: RunningStack;
let producer: Producer;
let bus: BusListener;

beforeAll(async () => {
  running = await startStack();
  producer = createProducer(running.stack);
  bus = await listenToBus(running.stack);
});
afterAll(() => running.stop());

describe('the main job', () => {
  it('answers a request on the queue with one result and one event', async () => {
    const request = question('What is the capital of France?', { labels: { campaign: 'spring' } });
    await producer.send(request);
    const result = await producer.waitFor(request.id ?? '');
    expect(result).toMatchObject({ status: 'succeeded', route: 'default', tableSource: 'appconfig', labels: { campaign: 'spring' } });
    expect(JSON.stringify(result.output)).toContain('Paris');
    expect(result.costUsd).toBeGreaterThan(0);
    expect(result.attempts).toHaveLength(1);

    const [event] = await bus.waitFor(({ detailType, data }) => detailType === 'InferenceCompleted' && data.id === request.id);
    const { data } = InferenceCompleted.parse({ metadata: event?.metadata, data: event?.data });
    expect(data).toMatchObject({ servedBy: result.servedBy, costUsd: result.costUsd, priority: 'standard', stage: 'local', deferrals: 0 });
    expect(JSON.stringify(event)).not.toMatch(/capital|Paris/);
  });

  it('answers on every queue, and the queue decides the priority', async () => {
    for (const queue of ['interactive', 'standard', 'bulk'] as const) {
      const request = question(`On ${queue}`, { priority: 'bulk' });
      await producer.send(request, { queue });
      await producer.waitFor(request.id ?? '');
      const [event] = await bus.waitFor(({ data, detailType }) => detailType === 'InferenceCompleted' && data.id === request.id);
      expect(event?.data.priority).toBe(queue);
    }
  });

  it('takes the message id where a request names no id', async () => {
    const { id: _none, ...request } = question('Without an id');
    const messageId = await producer.send(request);
    expect((await producer.waitFor(messageId)).id).toBe(messageId);
  });

  it('sends the result to the reply queue that the policy names', async () => {
    const { QueueUrl } = await producer.sqs.send(new CreateQueueCommand({ QueueName: 'signalbox-reply-reports' }));
    const request = question('Reply, please', { reply: { queue: 'reports' } });
    await producer.send(request);
    const { Messages = [] } = await producer.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 15 }));
    expect(InferenceResult.parse(JSON.parse(Messages[0]?.Body ?? '{}'))).toMatchObject({ id: request.id, status: 'succeeded' });
  });

  it('keeps an answer over 16 KB in S3 and gives it whole', async () => {
    const request = question('[[tokens:8000]] Tell a long story', { route: 'batch', inferenceConfig: { maxTokens: 9000 } });
    await producer.send(request);
    const result = await producer.waitFor(request.id ?? '');
    expect(result.status).toBe('succeeded');
    expect(JSON.stringify(result.output).length).toBeGreaterThan(16 * 1024);
  });

  it('tells what it saw of its targets', async () => {
    const [event] = await bus.waitFor(({ detailType }) => detailType === 'AttemptsObserved');
    expect(event?.data.observations).toEqual(
      expect.arrayContaining([expect.objectContaining({ outcome: 'succeeded', tenantSlot: expect.any(Number) })]),
    );
  });

  it('answers 401 without a valid key, and 404 for what is not there', async () => {
    const url = `${running.stack.gatewayUrl}/v1/inferences/nothing`;
    for (const authorization of [undefined, 'Bearer x', `Bearer ${running.stack.apiKey}0`, `Basic ${running.stack.apiKey}`]) {
      const reply = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
      expect(reply.status).toBe(401);
      expect(await reply.json()).toMatchObject({ error: { code: 'invalid_api_key', request_id: expect.any(String) } });
    }
    const missing = await fetch(url, { headers: { authorization: `Bearer ${running.stack.apiKey}` } });
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { code: 'not_found' } });
  });

  it('gives 1,000 requests with 5 % duplicates 1,000 results, one event each, and no second model call', async () => {
    const simulator = createSimulator(running.stack);
    const before = (await simulator.attempts()).length;
    const requests = Array.from({ length: 1_000 }, (_, index) => question(`Number ${index}`));
    const duplicated = requests.flatMap((request, index) => (index % 20 === 0 ? [request, request] : [request]));
    await producer.sendMany(duplicated);
    const results = await producer.waitForAll(
      requests.map(({ id }) => id ?? ''),
      90_000,
    );
    expect(results.filter(({ status }) => status === 'succeeded')).toHaveLength(1_000);
    const mine = new Set(requests.map(({ id }) => id));
    await bus.waitFor((event) => event.detailType === 'InferenceCompleted' && mine.has(event.data.id), 1_000, 30_000);
    const ids = [...distinctTerminal(await bus.drain()).values()].filter(({ data }) => mine.has(data.id));
    expect(ids).toHaveLength(1_000);
    expect((await simulator.attempts()).length - before).toBe(1_000);
  }, 120_000);
});

describe('failover', () => {
  it('answers from the next target when the first fails, and says so', async () => {
    const simulator = createSimulator(running.stack);
    const served = await servedBy(question('Who serves?'));
    await simulator.break(served.modelId, { kind: 'error', status: 503 });
    const request = question('Who serves now?');
    await producer.send(request);
    const result = await producer.waitFor(request.id ?? '');
    await simulator.heal();
    expect(result.status).toBe('succeeded');
    expect(result.servedBy?.model).not.toBe(served.model);
    expect(result.attempts?.map(({ outcome }) => outcome)).toEqual(['faulted', 'faulted', 'succeeded']);
  });

  it.each(['hang', 'stall-stream', 'cut-stream', 'malformed', 'throttle'] as const)(
    'rescues a request from %s',
    async (kind) => {
      const simulator = createSimulator(running.stack);
      const served = await servedBy(question(`Before ${kind}`));
      await simulator.break(served.modelId, { kind, afterTokens: 1 });
      const request = question(`During ${kind}`);
      await producer.send(request);
      const result = await producer.waitFor(request.id ?? '', 40_000);
      await simulator.heal();
      expect(result.status).toBe('succeeded');
      expect(result.attempts?.[0]?.outcome).not.toBe('succeeded');
      expect(result.attempts?.at(-1)?.outcome).toBe('succeeded');
    },
    60_000,
  );

  async function servedBy(request: ReturnType<typeof question>): Promise<{ model: string; modelId: string }> {
    await producer.send(request);
    const { servedBy: served } = await producer.waitFor(request.id ?? '');
    const last = (await createSimulator(running.stack).attempts()).at(-1);
    return { model: served?.model ?? '', modelId: last?.modelId ?? '' };
  }
});
