import { type Attempt, AttemptsObserved, type OutgoingEvent } from '@signalbox/contracts';
import { attempt, routingTable } from '@signalbox/contracts/samples';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashSlot } from '../answer/hash-slot.ts';
import { tenantSlot } from '../answer/tenant-slot.ts';
import { START } from '../testing/scripted-model.ts';
import { createAttemptsObserver } from './attempts-observer.ts';

type Sleeper = { at: number; wake: () => void };

/** An observer in a time that the test lets pass, with sleeps that end when their time has come. */
function observing({ publish = async () => undefined }: { publish?: () => Promise<void> } = {}) {
  const told: { at: number; event: OutgoingEvent }[] = [];
  const errors: unknown[] = [];
  let now = START;
  let sleepers: Sleeper[] = [];
  const observer = createAttemptsObserver({
    publish: async (event) => {
      told.push({ at: now - START, event });
      await publish();
    },
    onError: (error) => void errors.push(error),
    sandbox: 'sandbox-7',
    stage: 'test',
    now: () => now,
    newId: () => `event-${told.length}`,
    sleep: (milliseconds) => new Promise<void>((wake) => sleepers.push({ at: now + milliseconds, wake })),
  });
  async function pass(milliseconds: number): Promise<void> {
    const end = now + milliseconds;
    for (let next = earliest(end); next; next = earliest(end)) {
      now = Math.max(now, next.at);
      sleepers = sleepers.filter((sleeper) => sleeper !== next);
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    now = end;
  }
  const earliest = (end: number) => sleepers.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
  const see = (stated: Partial<Attempt> = {}, { route = 'default', tenant = 'default' } = {}) =>
    observer.observe({ route, tenant, table: routingTable, attempt: { ...attempt, durationMs: 100, startedAt: now, ...stated } });
  const observations = () => told.flatMap(({ event }) => AttemptsObserved.parse(event.detail).data.observations);
  return { observer, told, errors, pass, see, observations };
}

const URGENT = ['faulted', 'throttled', 'not-ready', 'timed-out', 'model-error', 'malformed', 'misconfigured'] as const;

describe('observed attempts are told', () => {
  it.each(URGENT)('at once when the first one is %s', (outcome) => {
    const { told, see } = observing();
    see({ outcome });
    expect(told).toMatchObject([{ at: 0, event: { source: 'signalbox.inference', detailType: 'AttemptsObserved' } }]);
  });

  it.each(['succeeded', 'refused', 'too-long', 'rejected', 'cancelled'] as const)('half a second later when it %s', async (outcome) => {
    const { told, see, pass } = observing();
    see({ outcome });
    await pass(499);
    expect(told).toEqual([]);
    await pass(1);
    expect(told.map(({ at }) => at)).toEqual([500]);
  });

  it('half a second after the last time at the soonest, faults included', async () => {
    const { told, see, pass } = observing();
    see({ outcome: 'faulted' });
    await pass(100);
    see({ outcome: 'throttled' });
    await pass(100);
    see({ outcome: 'faulted' });
    await pass(10_000);
    expect(told.map(({ at }) => at)).toEqual([0, 500]);
  });

  it('for a fault without waiting for the successes seen before it', async () => {
    const { told, see, pass } = observing();
    see({ outcome: 'faulted' });
    await pass(400);
    see();
    await pass(50);
    see({ outcome: 'faulted' });
    await pass(50);
    expect(told.map(({ at }) => at)).toEqual([0, 500]);
  });

  it('at most twice a second, each attempt once, whatever is seen when', async () => {
    const seen = fc.array(
      fc.record({ outcome: fc.constantFrom<Attempt['outcome'][]>('succeeded', 'faulted', 'throttled'), waitMs: fc.nat(700) }),
      { maxLength: 40 },
    );
    const property = fc.asyncProperty(seen, async (attempts) => {
      const { told, see, pass, observations } = observing();
      for (const { outcome, waitMs } of attempts) {
        see({ outcome });
        await pass(waitMs);
      }
      await pass(1_000);
      for (const [index, { at }] of told.entries())
        expect(at - (told[index - 1]?.at ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(500);
      expect(observations().reduce((sum, { count }) => sum + count, 0)).toBe(attempts.length);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

describe('at the end of an invocation', () => {
  it('what is left is told at once when the interval allows', async () => {
    const { told, see, observer } = observing();
    see();
    await observer.settle();
    expect(told).toHaveLength(1);
  });

  it('a fault is waited for, no longer than the interval', async () => {
    const { told, see, pass, observer } = observing();
    see({ outcome: 'faulted' });
    await pass(100);
    see({ outcome: 'throttled' });
    const settling = observer.settle();
    await pass(400);
    await settling;
    expect(told.map(({ at }) => at)).toEqual([0, 500]);
  });

  it('successes alone are not waited for within the interval, and are not lost', async () => {
    const { told, see, pass, observer, observations } = observing();
    see({ outcome: 'faulted' });
    await pass(100);
    see();
    await observer.settle();
    expect(told).toHaveLength(1);
    await pass(500);
    expect(observations().map(({ outcome }) => outcome)).toEqual(['faulted', 'succeeded']);
  });

  it('nothing is told when nothing was seen', async () => {
    const { told, observer } = observing();
    await observer.settle();
    expect(told).toEqual([]);
  });

  it('an event that could not go out is reported, and does not fail the invocation', async () => {
    const failure = new Error('The bus is down.');
    const { see, observer, errors } = observing({ publish: () => Promise.reject(failure) });
    see({ outcome: 'faulted' });
    await observer.settle();
    expect(errors).toEqual([failure]);
  });

  it('an event that is on its way is waited for', async () => {
    let arrive: () => void = () => undefined;
    const { see, observer } = observing({
      publish: () =>
        new Promise((resolve) => {
          arrive = resolve;
        }),
    });
    see({ outcome: 'faulted' });
    let isSettled = false;
    const settling = observer.settle().then(() => {
      isSettled = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    arrive();
    await settling;
  });
});

describe('an observation', () => {
  it('counts attempts that are alike, with the latency of each', async () => {
    const { see, observer, observations } = observing();
    see({ durationMs: 811.6, firstTokenMs: 40.4 });
    see({ durationMs: 790, firstTokenMs: 30 });
    await observer.settle();
    expect(observations()).toEqual([
      {
        target: 'nova-lite',
        definition: '9d0c1b2a',
        route: 'default',
        bucketStart: START,
        outcome: 'succeeded',
        slow: false,
        tenantSlot: tenantSlot('default'),
        count: 2,
        latenciesMs: [812, 790],
        firstTokensMs: [40, 30],
        bySecond: [2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      },
    ]);
  });

  it('tells in which second of its bucket its attempts began', async () => {
    const { see, observer, observations } = observing();
    for (const ms of [0, 999, 1_000, 9_999]) see({ startedAt: START + ms });
    await observer.settle();
    expect(observations().map(({ bySecond }) => bySecond)).toEqual([[2, 1, 0, 0, 0, 0, 0, 0, 0, 1]]);
  });

  it('names the requests that failed or were slow by a slot, each once however often it was tried, and those that were answered not at all', async () => {
    const { see, pass, observations } = observing();
    for (const attemptId of ['r#9#1', 'r#1#1', 'r#1#2', 'r#2#1']) see({ attemptId, outcome: 'faulted' });
    see({ attemptId: 'r#1#3', slow: true });
    see({ attemptId: 'r#3#1' });
    await pass(500);
    const [first, failed, slow, well] = observations().map(({ witnesses }) => witnesses);
    expect([first, failed, slow]).toEqual([['r#9'], ['r#1', 'r#2'], ['r#1']].map((ids) => ids.map((id) => hashSlot(id, 32))));
    expect(new Set(failed).size).toBe(2);
    expect(well).toBeUndefined();
  });

  it.each<[string, Partial<Attempt>, { route?: string; tenant?: string }]>([
    ['another target', { target: 'nova-micro' }, {}],
    ['another outcome', { outcome: 'refused' }, {}],
    ['slowness', { slow: true }, {}],
    ['another status behind a 424', { originalStatus: 500 }, {}],
    ['a start in the next ten seconds', { startedAt: START + 10_000 }, {}],
    ['another route', {}, { route: 'extract' }],
    ['a tenant of another slot', {}, { tenant: 'acme' }],
  ])('is another one for %s', async (_, stated, seen) => {
    const { see, observer, observations } = observing();
    see();
    see(stated, seen);
    await observer.settle();
    expect(observations().map(({ count }) => count)).toEqual([1, 1]);
  });

  it('keeps a hundred latencies and an exact count', async () => {
    const { see, observer, observations } = observing();
    for (let index = 0; index < 250; index++) see({ durationMs: index, firstTokenMs: index });
    await observer.settle();
    expect(observations()).toMatchObject([{ count: 250 }]);
    expect([observations()[0]?.latenciesMs.length, observations()[0]?.firstTokensMs?.length]).toEqual([100, 100]);
  });

  it('belongs to the ten seconds in which its attempts began, not to those in which they are told', async () => {
    const { see, pass, observations, observer } = observing();
    await pass(25_000);
    see({ startedAt: START + 9_999 });
    await observer.settle();
    expect(observations()).toMatchObject([{ bucketStart: START }]);
  });
});
