import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { InferenceResult } from '@signalbox/contracts';
import { expect, it } from 'vitest';
import { type BusListener, distinctTerminal, listenToBus } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { type AwsFault, createSimulator } from './kit/simulator.ts';

/** Each point: the AWS call at which the sandbox dies, the model calls that one request then costs, and whether the model is down at first. */
const points: { name: string; fault: AwsFault; modelCalls: number; modelFails?: number }[] = [
  {
    name: 'after claim',
    fault: { service: 'dynamodb', operation: 'UpdateItem', contains: 'if_not_exists(acceptedAt', kind: 'kill-caller-after' },
    modelCalls: 1,
  },
  // The first answer is lost with the sandbox: the one case of a second call.
  {
    name: "after the model's answer",
    fault: { service: 'dynamodb', operation: 'UpdateItem', contains: 'fence = :fence AND', kind: 'kill-caller-before' },
    modelCalls: 2,
  },
  {
    name: 'after the result',
    fault: { service: 'dynamodb', operation: 'UpdateItem', contains: 'fence = :fence AND', kind: 'kill-caller-after' },
    modelCalls: 1,
  },
  {
    name: 'after the reply',
    fault: { service: 'sqs', operation: 'SendMessage', contains: 'signalbox-reply-reports', kind: 'kill-caller-after' },
    modelCalls: 1,
  },
  {
    name: 'after the event',
    fault: { service: 'events', operation: 'PutEvents', contains: 'InferenceCompleted', kind: 'kill-caller-after' },
    modelCalls: 1,
  },
  {
    name: 'between re-send and delete',
    fault: { service: 'sqs', operation: 'SendMessage', contains: 'origin-message-id', kind: 'kill-caller-after' },
    modelCalls: 1,
    modelFails: 1,
  },
];

it.concurrent.each(points)('keeps one record and one event when the sandbox is killed $name', async ({ fault, modelCalls, modelFails }) => {
  const world = await open();
  try {
    const { simulator, producer, bus } = world;
    if (modelFails) await breakEverything(world, modelFails);
    await simulator.breakAws({ ...fault, times: 1 });
    const request = question('Kill me', { reply: { queue: 'reports' } });
    await producer.send(request);
    const result = await producer.waitFor(request.id ?? '', 150_000);
    expect(result.status).toBe('succeeded');
    await quiet(world, request.id ?? '');
    expect(await hits(world)).toBe(1);
    expect([...distinctTerminal(await bus.drain()).keys()]).toHaveLength(1);
    expect(await producer.result(request.id ?? '')).toEqual(result);
    expect((await simulator.attempts()).filter(({ status }) => status === 200)).toHaveLength(modelCalls);
    expect(await repliesOf(world, request.id ?? '')).not.toHaveLength(0);
  } finally {
    await world.running.stop();
  }
});

it('absorbs duplicates at once, after completion, in another sandbox, after a restart, and refuses another body', async () => {
  let world = await open();
  const request = question('Once only');
  const first = await world.producer.sendMany([request, request, request]).then(() => world.producer.waitFor(request.id ?? ''));
  await world.producer.send(request, { queue: 'interactive' });
  await world.producer.send(request, { queue: 'bulk' });
  await quiet(world, request.id ?? '');
  const calls = (await world.simulator.attempts()).length;
  const events = distinctTerminal(await world.bus.drain()).size;
  await world.running.stop();

  world = await open(world.running.dataDirectory);
  try {
    await world.producer.send(request);
    const messageId = await world.producer.send({ ...request, messages: [{ role: 'user', content: [{ text: 'Something else' }] }] });
    const [rejected] = await world.bus.waitFor(
      ({ detailType, data }) => detailType === 'InferenceRejected' && data.messageId === messageId,
    );
    expect(rejected?.data.reason).toBe('id-reused');
    await quiet(world, request.id ?? '');
    expect(calls + (await world.simulator.attempts()).length).toBe(1);
    expect(events + distinctTerminal(await world.bus.drain()).size).toBe(1);
    expect(await world.producer.result(request.id ?? '')).toEqual(first);
  } finally {
    await world.running.stop();
  }
});

it('loses nothing when the whole stack is killed five times at random moments under load', async () => {
  const requests = Array.from({ length: 600 }, (_, index) => question(`Under fire ${index}`));
  const ids = requests.map(({ id }) => id ?? '');
  let world = await open();
  let modelCalls = 0;
  const seen = new Map<string, string>();
  for (let round = 0; round < 5; round++) {
    await world.producer.sendMany(requests.slice(round * 120, (round + 1) * 120));
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 700));
    modelCalls += await answeredCalls(world);
    await world.running.kill();
    world = await open(world.running.dataDirectory);
    world.bus = await listenToBus(world.running.stack, 'witness');
  }
  try {
    const results = await world.producer.waitForAll(ids, 180_000);
    expect(results.filter(({ status }) => status === 'succeeded')).toHaveLength(600);
    await quiet(world, ids.at(-1) ?? '');
    for (const [id, event] of distinctTerminal(await world.bus.drain())) seen.set(id, event.detailType);
    expect([...seen.keys()].filter((id) => ids.some((mine) => id.includes(mine)))).toHaveLength(600);
    modelCalls += await answeredCalls(world);
    // A second call is made for those at most that were on their way when a kill lost their answers: of 120 new requests a round.
    expect(modelCalls).toBeLessThanOrEqual(600 + 5 * 120);
  } finally {
    await world.running.stop();
  }
});

type World = { running: RunningStack; producer: Producer; bus: BusListener; simulator: ReturnType<typeof createSimulator> };

async function open(dataDirectory?: string): Promise<World> {
  const running = await startStack(dataDirectory === undefined ? {} : { dataDirectory });
  const producer = createProducer(running.stack);
  await producer.sqs.send(new CreateQueueCommand({ QueueName: 'signalbox-reply-reports' }));
  return { running, producer, bus: await listenToBus(running.stack, 'witness'), simulator: createSimulator(running.stack) };
}

async function breakEverything({ simulator }: World, times: number): Promise<void> {
  // Each target is asked twice (one quick retry) in the first receive.
  for (const model of ['amazon.nova-lite-v1:0', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'amazon.nova-micro-v1:0']) {
    await simulator.break(model, { kind: 'error', status: 503, times: 2 * times });
  }
}

/** Waits until the queues are empty: every copy of every message has been settled. */
async function quiet({ running, producer }: World, id: string): Promise<void> {
  const endsAt = Date.now() + 150_000;
  let calm = 0;
  while (calm < 3) {
    calm = (await depth(producer, running)) === 0 ? calm + 1 : 0;
    if (Date.now() > endsAt) throw new Error(`the queues are not empty long after ${id}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** What the simulator answered since its start; a kill takes its log with it. */
async function answeredCalls({ simulator }: World): Promise<number> {
  return (await simulator.attempts()).filter(({ status }) => status === 200).length;
}

async function depth(producer: Producer, { stack }: RunningStack): Promise<number> {
  const { GetQueueAttributesCommand } = await import('@aws-sdk/client-sqs');
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'ApproximateNumberOfMessagesDelayed'] as const;
  const queues = [stack.queues.interactive, stack.queues.standard, stack.queues.bulk];
  const replies = await Promise.all(
    queues.map((QueueUrl) => producer.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }))),
  );
  return replies.reduce((sum, { Attributes = {} }) => sum + names.reduce((total, name) => total + Number(Attributes[name] ?? 0), 0), 0);
}

async function hits({ simulator }: World): Promise<number> {
  const { faults } = (await simulator.awsFaults()) as { faults: { hits: number }[] };
  return faults.reduce((sum, fault) => sum + fault.hits, 0);
}

async function repliesOf({ producer }: World, id: string): Promise<InferenceResult[]> {
  const { QueueUrl } = await producer.sqs.send(new CreateQueueCommand({ QueueName: 'signalbox-reply-reports' }));
  const { Messages = [] } = await producer.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body }) => JSON.parse(Body ?? '{}') as InferenceResult).filter((result) => result.id === id);
}
