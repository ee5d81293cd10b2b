import { expect, it } from 'vitest';
import { distinctTerminal, listenToBus, type SeenEvent } from './kit/bus-listener.ts';
import { createProducer, type Producer, question } from './kit/producer.ts';
import { startStack } from './kit/running-stack.ts';
import { createSimulator, type ModelFault } from './kit/simulator.ts';

const OUTAGE_MS = 180_000;
/** Enough for every worker that the standard queue may have. */
const WARM_REQUESTS = 200;
const [LITE, HAIKU, MICRO] = ['amazon.nova-lite-v1:0', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'amazon.nova-micro-v1:0'] as const;

/** Every target of the route `default` is down; `quality` has one that stays up. Hanging targets keep their callers for the first-token limit. */
const outages: { name: string; faults: [string, ModelFault][]; otherWithinMs: number }[] = [
  {
    name: 'that refuse',
    faults: [
      [LITE, { kind: 'error', status: 503 }],
      [HAIKU, { kind: 'error', status: 500 }],
      [MICRO, { kind: 'throttle' }],
    ],
    otherWithinMs: 10_000,
  },
  { name: 'that hang', faults: [LITE, HAIKU, MICRO].map((model) => [model, { kind: 'hang' }]), otherWithinMs: 60_000 },
];

it.concurrent.each(outages)(
  'waits through an outage of targets $name: none fails, other routes keep flowing, all are answered after healing',
  async ({ faults, otherWithinMs }) => {
    const running = await startStack();
    try {
      const producer = createProducer(running.stack);
      const bus = await listenToBus(running.stack);
      const simulator = createSimulator(running.stack);
      // A fleet at work: what its cold starts take is not what an outage takes.
      const warm = Array.from({ length: WARM_REQUESTS }, (_, index) => question(`Before the outage ${index}`));
      await producer.sendMany(warm);
      await producer.waitForAll(
        warm.map(({ id = '' }) => id),
        180_000,
      );
      for (const [model, fault] of faults) await simulator.break(model, fault);
      const waiting = Array.from({ length: 200 }, (_, index) => question(`Through the outage ${index}`));
      await producer.sendMany(waiting);

      const flowing = await keepAsking(producer, otherWithinMs);
      expect(distinctTerminal(await bus.drain()).size).toBe(WARM_REQUESTS + flowing);
      await simulator.heal();
      // The last parking delay before healing may be 160 s and a quarter.
      const results = await producer.waitForAll(
        waiting.map(({ id }) => id ?? ''),
        290_000,
      );
      expect(results.map(({ status }) => status)).toEqual(Array(200).fill('succeeded'));
      const events = await bus.drain();
      expect([...new Set(results.flatMap(({ id }) => deferralsTold(events, id)))]).toEqual(expect.arrayContaining([1, 2, 4]));
      const untold = results.flatMap(({ id }) => powersOfTwoUpTo(deferralsOf(events, id)).filter(without(deferralsTold(events, id))));
      // Telling of a wait is tried once, and what fails is logged.
      expect(untold.length).toBeLessThanOrEqual(running.log().split('A deferral could not be told').length - 1);
    } finally {
      await running.stop();
    }
  },
  600_000,
);

/** Which deferrals of a request were told: only first, second, fourth, eighth … ones. */
function deferralsTold(events: SeenEvent[], id: string): number[] {
  const told = events.filter(({ detailType, data }) => detailType === 'InferenceDeferred' && data.id === id);
  const deferrals = told.map(({ data }) => Number(data.deferrals));
  expect(deferrals.filter(without(powersOfTwoUpTo(deferralsOf(events, id))))).toEqual([]);
  return deferrals;
}

function without(left: readonly number[]): (one: number) => boolean {
  return (one) => !left.includes(one);
}

/** How often it was deferred in all, as its end tells: at least for the outage's first, second and fourth time. */
function deferralsOf(events: SeenEvent[], id: string): number {
  const deferrals = Number(events.find(({ detailType, data }) => detailType === 'InferenceCompleted' && data.id === id)?.data.deferrals);
  expect(deferrals).toBeGreaterThanOrEqual(4);
  return deferrals;
}

function powersOfTwoUpTo(most: number): number[] {
  return Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, power) => 2 ** power);
}

/** Asks another route for as long as the outage lasts; answers how often. */
async function keepAsking(producer: Producer, withinMs: number): Promise<number> {
  const endsAt = Date.now() + OUTAGE_MS;
  let count = 0;
  for (; Date.now() < endsAt; count++) {
    const other = question('Another route', { route: 'quality' });
    await producer.send(other);
    const result = await producer.waitFor(other.id ?? '', withinMs);
    expect(result).toMatchObject({ status: 'succeeded', servedBy: { target: 'nova-pro' } });
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
  return count;
}
