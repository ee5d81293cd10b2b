import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BusListener, distinctTerminal, listenToBus } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { type RunningStack, startStack } from './kit/running-stack.ts';
import { createSimulator, type ModelFault } from './kit/simulator.ts';

let running: RunningStack;
let producer: Producer;
let bus: BusListener;

beforeAll(async () => {
  running = await startStack();
  producer = createProducer(running.stack);
  bus = await listenToBus(running.stack);
});
afterAll(() => running.stop());

const OUTAGE_MS = 180_000;
/** The targets of the route `default`; `extract` has targets that stay up. */
const TARGETS: [string, ModelFault][] = [
  ['amazon.nova-lite-v1:0', { kind: 'error', status: 503 }],
  ['us.anthropic.claude-haiku-4-5-20251001-v1:0', { kind: 'error', status: 500 }],
  ['amazon.nova-micro-v1:0', { kind: 'throttle' }],
];

it('waits through an outage of every target of a route: none fails, other routes keep flowing, all are answered after healing', async () => {
  const simulator = createSimulator(running.stack);
  for (const [model, fault] of TARGETS) await simulator.break(model, fault);
  const waiting = Array.from({ length: 200 }, (_, index) => question(`Through the outage ${index}`));
  await producer.sendMany(waiting);
  const endsAt = Date.now() + OUTAGE_MS;
  let flowing = 0;
  while (Date.now() < endsAt) {
    const other = question('Another route', { route: 'quality' });
    await producer.send(other);
    const result = await producer.waitFor(other.id ?? '', 15_000);
    expect(result).toMatchObject({ status: 'succeeded', servedBy: { target: 'nova-pro' } });
    expect(result.timing?.totalMs).toBeLessThan(10_000);
    flowing++;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
  expect(flowing).toBeGreaterThan(20);
  expect(distinctTerminal(await bus.drain()).size).toBe(flowing);

  await simulator.heal();
  // The last parking delay before healing may be 160 s and a quarter.
  const results = await producer.waitForAll(
    waiting.map(({ id }) => id ?? ''),
    260_000,
  );
  expect(results.map(({ status }) => status)).toEqual(Array(200).fill('succeeded'));
  const deferred = (await bus.drain()).filter(({ detailType }) => detailType === 'InferenceDeferred');
  expect(new Set(deferred.map(({ data }) => data.deferrals))).toEqual(new Set([1, 2, 4]));
}, 600_000);
