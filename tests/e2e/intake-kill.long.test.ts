import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { BatchAccepted, type InferenceRequest } from '@signalbox/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BusListener, distinctTerminal, listenToBus } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { type AwsFault, createSimulator } from './kit/simulator.ts';

type World = { running: RunningStack; producer: Producer; bus: BusListener; simulator: ReturnType<typeof createSimulator> };
type Fault = Omit<AwsFault, 'contains' | 'times'>;

let world: World;

beforeAll(async () => {
  world = await open();
});
afterAll(() => world.running.stop());

const RECORD = { service: 'dynamodb', operation: 'UpdateItem' } as const;
const MESSAGE = { service: 'sqs', operation: 'SendMessage' } as const;
const MESSAGES = { service: 'sqs', operation: 'SendMessageBatch' } as const;

describe("when the gateway's sandbox is killed", () => {
  it.each<[string, Fault, boolean]>([
    ['before the record', { ...RECORD, kind: 'kill-caller-before' }, false],
    ['after the record', { ...RECORD, kind: 'kill-caller-after' }, false],
    ['before the message', { ...MESSAGE, kind: 'kill-caller-before' }, false],
    ['after the message', { ...MESSAGE, kind: 'kill-caller-after' }, true],
  ])('%s, the producer is told to try again, and the retry of its id is asked and answered once', async (_point, fault, isSent) => {
    const request = question('Kill the gateway', { priority: 'interactive' });
    const id = request.id ?? '';
    const before = await answeredCalls();
    await world.simulator.breakAws({ ...fault, contains: id, times: 1 });
    const broken = await post('/v1/inferences', request);
    expect(broken.status).toBe(502);
    expect(await hits()).toBe(1);
    await world.simulator.healAws();
    // What reached its queue is answered whether or not anybody asks again.
    if (isSent) expect((await world.producer.waitFor(id)).status).toBe('succeeded');
    await sendUntilAnswered(request);
    await expectOneEndingOf([id]);
    expect(await answeredCalls()).toBe(before + 1);
  });

  it.each<[string, Fault]>([
    ['between the records', { ...RECORD, kind: 'kill-caller-after', skip: 7 }],
    ['between the messages', { ...MESSAGES, kind: 'kill-caller-after', skip: 1 }],
  ])('%s of a batch, the retry of the batch is asked and answered once', async (_point, fault) => {
    const key = `batch-${randomUUID()}`;
    const requests = Array.from({ length: 25 }, () => ({ ...question('In a batch', { priority: 'bulk' }), id: undefined }));
    const before = await answeredCalls();
    await world.simulator.breakAws({ ...fault, contains: key, times: 1 });
    const send = () => post('/v1/inferences/batch', { requests }, { 'idempotency-key': key });
    expect((await send()).status).toBe(502);
    expect(await hits()).toBe(1);
    await world.simulator.healAws();
    const { results } = BatchAccepted.parse(JSON.parse((await send()).text));
    const ids = results.map(({ accepted }) => accepted?.id ?? 'refused');
    expect(ids).toEqual(requests.map((_, index) => `${key}.${index}`));
    await expectOneEndingOf(ids);
    expect(await answeredCalls()).toBe(before + requests.length);
  });
});

describe('when the whole stack is killed', () => {
  it.each<[string, Fault]>([
    ['before the records', { ...RECORD, kind: 'hang' }],
    ['between record and message', { ...MESSAGE, kind: 'hang' }],
  ])('%s, retries end once each', async (_point, fault) => {
    const marker = `hung-${randomUUID()}`;
    const requests = Array.from({ length: 5 }, (_, index) => ({ ...question('Hang up'), id: `${marker}.${index}` }));
    await world.simulator.breakAws({ ...fault, contains: marker });
    const answers = Promise.all(requests.map((request) => sendOnce(request)));
    await expect.poll(hits, { timeout: 15_000 }).toBeGreaterThan(0);
    await restartByKill();
    expect(await answers).not.toContain(true);
    await Promise.all(requests.map(sendUntilAnswered));
    await expectOneEndingOf(requests.map(({ id }) => id));
  });

  it('at a random moment, whatever was answered ends once, and so does what is sent again', async () => {
    const all: string[] = [];
    for (let round = 0; round < 3; round++) {
      const requests = Array.from({ length: 40 }, () => question('Any moment'));
      const answers = requests.map((request) => sendOnce(request));
      await Promise.any([sleep(50 + Math.random() * 600), Promise.all(answers)]);
      await restartByKill();
      const isAnswered = await Promise.all(answers);
      await Promise.all(requests.filter((_, index) => !isAnswered[index]).map(sendUntilAnswered));
      all.push(...requests.map(({ id = '' }) => id));
    }
    await expectOneEndingOf(all);
  });
});

async function open(dataDirectory?: string): Promise<World> {
  const running = await startStack(dataDirectory === undefined ? {} : { dataDirectory });
  const bus = await listenToBus(running.stack, 'witness');
  return { running, producer: createProducer(running.stack), bus, simulator: createSimulator(running.stack) };
}

async function restartByKill(): Promise<void> {
  await world.running.kill();
  world = await open(world.running.dataDirectory);
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const { gatewayUrl, apiKey } = world.running.stack;
  const reply = await fetch(`${gatewayUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: reply.status, text: await reply.text() };
}

/** Whether the gateway said that it is accepted. */
async function sendOnce(request: InferenceRequest): Promise<boolean> {
  const reply = await post('/v1/inferences', request).catch((error: unknown) => {
    // The connection broke with the stack.
    if (error instanceof TypeError) return undefined;
    throw error;
  });
  return reply?.status === 200 || reply?.status === 202;
}

/** As a producer does: the same id, until there is an answer. */
async function sendUntilAnswered(request: InferenceRequest): Promise<void> {
  const endsAt = Date.now() + 30_000;
  while (!(await sendOnce(request))) {
    if (Date.now() > endsAt) throw new Error(`${request.id} was not accepted within 30 s`);
    await sleep(200);
  }
}

/** Every id has one result, which stays, and its events, however many, are one by their id. */
async function expectOneEndingOf(ids: string[]): Promise<void> {
  const results = await world.producer.waitForAll(ids, 60_000);
  expect(results.map(({ id, status }) => [id, status])).toEqual(ids.map((id) => [id, 'succeeded']));
  await untilQuiet();
  expect(await Promise.all(ids.map((id) => world.producer.result(id)))).toEqual(results);
  const own = new Set(ids);
  const events = [...distinctTerminal(await world.bus.drain()).values()].filter(({ data }) => own.has(data.id ?? ''));
  expect(events.map(({ data }) => data.id).toSorted()).toEqual(ids.toSorted());
}

/** Until every copy of every message has been settled. */
async function untilQuiet(): Promise<void> {
  const endsAt = Date.now() + 60_000;
  for (let calm = 0; calm < 3; await sleep(300)) {
    calm = (await depth()) === 0 ? calm + 1 : 0;
    if (Date.now() > endsAt) throw new Error('the queues are not empty');
  }
}

async function depth(): Promise<number> {
  const { interactive, standard, bulk } = world.running.stack.queues;
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;
  const replies = await Promise.all(
    [interactive, standard, bulk].map((QueueUrl) =>
      world.producer.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] })),
    ),
  );
  return replies.reduce((sum, { Attributes = {} }) => sum + names.reduce((total, name) => total + Number(Attributes[name] ?? 0), 0), 0);
}

async function hits(): Promise<number> {
  const { faults } = (await world.simulator.awsFaults()) as { faults: { hits: number }[] };
  return faults.reduce((sum, fault) => sum + fault.hits, 0);
}

async function answeredCalls(): Promise<number> {
  return (await world.simulator.attempts()).filter(({ status }) => status === 200).length;
}
