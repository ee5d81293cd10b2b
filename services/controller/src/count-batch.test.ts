import { attemptsObserved, routingTable } from '@signalbox/contracts/samples';
import { beforeEach, describe, expect, it } from 'vitest';
import { createCountBatch } from './count-batch.ts';
import { createSeenEvents } from './seen-events.ts';
import { makeWorld } from './testing/make-world.ts';
import { messageOf } from './testing/observed-message.ts';

const KEY = 'nova-lite@9d0c1b2a';
const BUCKET = 1_790_000_000_000;

let fixture: ReturnType<typeof makeWorld>;
let countBatch: ReturnType<typeof createCountBatch>;
const attempts = () => fixture.world.counters.get(KEY)?.get(BUCKET)?.counters.attempts ?? 0;

beforeEach(() => {
  fixture = makeWorld(routingTable);
  fixture.world.now = BUCKET + 1_000;
  countBatch = createCountBatch({ ...fixture.ports, seen: createSeenEvents() });
});

describe('a batch of events', () => {
  it('is counted by one write per target and bucket', async () => {
    const writes: string[] = [];
    fixture.world.before = async (access) => void writes.push(access);
    const { failures, isUrgent, metrics } = await countBatch([messageOf('one'), messageOf('two'), messageOf('three')]);
    expect(attempts()).toBe(6);
    expect(writes).toEqual([`add ${KEY}`]);
    expect([failures.size, isUrgent]).toEqual([0, false]);
    expect(Object.fromEntries(metrics)).toEqual({
      EventsCounted: 3,
      RepeatedEvents: 0,
      LateAttempts: 0,
      AheadAttempts: 0,
      UnknownTargetAttempts: 0,
    });
  });

  it('counts an event once, in a batch and over batches', async () => {
    await countBatch([messageOf('one'), messageOf('one')]);
    const { metrics } = await countBatch([messageOf('one'), messageOf('two')]);
    expect(attempts()).toBe(4);
    expect(metrics.get('RepeatedEvents')).toBe(1);
  });

  it.each(['faulted', 'throttled', 'timed-out', 'not-ready', 'misconfigured', 'model-error'] as const)(
    'is urgent with one that %s',
    async (outcome) => {
      expect((await countBatch([messageOf('one'), messageOf('two', { outcome })])).isUrgent).toBe(true);
    },
  );

  it('is not urgent with what callers did wrong, nor with a fault of a target that nobody knows', async () => {
    const batch = [messageOf('one', { outcome: 'rejected' }), messageOf('two', { outcome: 'faulted', target: 'unheard-of' })];
    const { isUrgent, metrics } = await countBatch(batch);
    expect(isUrgent).toBe(false);
    expect(metrics.get('UnknownTargetAttempts')).toBe(2);
  });

  it('tells what came too late, and what has not begun yet', async () => {
    const { metrics } = await countBatch([
      messageOf('one', { bucketStart: BUCKET - 700_000 }),
      messageOf('two', { bucketStart: BUCKET + 3_600_000, count: 5 }),
    ]);
    expect([metrics.get('LateAttempts'), metrics.get('AheadAttempts')]).toEqual([2, 5]);
  });
});

describe('a message', () => {
  const envelope = { source: 'signalbox.inference', 'detail-type': 'AttemptsObserved' };
  const [observed] = attemptsObserved.data.observations;

  it('of a later version is counted by the fields that are known', async () => {
    const event = JSON.parse(messageOf('one').body);
    event.detail.data.observations[0].later = { a: 1 };
    const { failures } = await countBatch([{ messageId: 'later', body: JSON.stringify(event) }]);
    expect(failures.size).toBe(0);
    expect(attempts()).toBe(2);
  });

  it.each([
    ['that is not JSON', '{', /is not JSON/],
    [
      'of another source',
      JSON.stringify({ source: 'signalbox.controller', 'detail-type': 'AttemptsObserved', detail: attemptsObserved }),
      /not valid at source/,
    ],
    [
      'without observations',
      JSON.stringify({ source: 'signalbox.inference', 'detail-type': 'AttemptsObserved', detail: {} }),
      /not valid at detail/,
    ],
    [
      'without a stage',
      JSON.stringify({ ...envelope, detail: { ...attemptsObserved, data: { ...attemptsObserved.data, stage: undefined } } }),
      /not valid at detail.data.stage/,
    ],
    [
      'with one observation that is not valid',
      JSON.stringify({
        ...envelope,
        detail: { ...attemptsObserved, data: { ...attemptsObserved.data, observations: [{ ...observed, count: 0 }] } },
      }),
      /not valid at detail.data.observations.0.count/,
    ],
  ])('%s comes again by itself, and its neighbours are counted', async (_, body, problem) => {
    const { failures } = await countBatch([{ messageId: 'bad', body }, messageOf('one')]);
    expect([...failures.keys()]).toEqual(['bad']);
    expect(failures.get('bad')).toMatchObject({ name: 'ContractError', message: expect.stringMatching(problem) });
    expect(attempts()).toBe(2);
  });

  it('whose counts could not be written comes again, and counts then; the others do not', async () => {
    fixture.world.before = async (access) => {
      if (access === `add ${KEY}`) throw new Error('throttled');
    };
    const batch = [messageOf('one'), messageOf('two', { target: 'nova-micro', definition: '77aa0e51' })];
    const { failures } = await countBatch(batch);
    expect([...failures.keys()]).toEqual(['message-one']);
    fixture.world.before = async () => undefined;
    expect((await countBatch(batch)).metrics.get('RepeatedEvents')).toBe(1);
    expect(attempts()).toBe(2);
    expect(fixture.world.counters.get('nova-micro@77aa0e51')?.get(BUCKET)?.counters.attempts).toBe(2);
  });
});

describe('a write that is done and reported as failed', () => {
  const failures = (...witnesses: number[]) =>
    messageOf('one', { outcome: 'faulted', count: witnesses.length, witnesses, latenciesMs: [5] });
  /** Counts a report whose answer is lost three times, and judges by what is counted then. */
  async function countedFourTimes(message: ReturnType<typeof messageOf>): Promise<string> {
    const { counters } = fixture.ports;
    let isLost = true;
    const add: typeof counters.add = async (change) => {
      await counters.add(change);
      if (isLost) throw new Error('The answer was lost.');
    };
    const countAgain = createCountBatch({ ...fixture.ports, counters: { add }, seen: createSeenEvents() });
    for (let time = 1; time <= 3; time++) expect([...(await countAgain([message])).failures.keys()]).toEqual(['message-one']);
    isLost = false;
    expect((await countAgain([message])).failures.size).toBe(0);
    await fixture.judge();
    return JSON.parse(fixture.world.fleet?.text ?? '{}').targets[KEY].circuit.kind;
  }

  it('is counted again, and yet two failed requests eject nothing', async () => {
    expect(await countedFourTimes(failures(4, 9))).toBe('closed');
    expect(fixture.world.counters.get(KEY)?.get(BUCKET)?.counters.faults).toBe(8);
  });

  it('ejects by three', async () => {
    expect(await countedFourTimes(failures(4, 9, 11))).toBe('open');
  });
});

it('an older id is forgotten when there are too many', () => {
  const seen = createSeenEvents(2);
  for (const id of ['a', 'b', 'a', 'c']) seen.add(id);
  expect(['a', 'b', 'c'].map(seen.has)).toEqual([true, false, true]);
});
