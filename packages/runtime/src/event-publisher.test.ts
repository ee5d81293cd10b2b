import { setImmediate as turn } from 'node:timers/promises';
import type { OutgoingEvent } from '@signalbox/contracts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnavailableError } from './errors.ts';
import { createEventPublisher, type EventEntry } from './event-publisher.ts';

type Reply = { ErrorCode?: string } | undefined;
type Answer = (entries: EventEntry[], call: number) => Reply[] | Error;

function createFixture(answer: Answer = takeAll) {
  const calls: string[][] = [];
  const slept: number[] = [];
  const publisher = createEventPublisher({
    putEvents: async (entries) => {
      calls.push(entries.map(idOf));
      const replies = answer(entries, calls.length);
      if (replies instanceof Error) throw replies;
      return replies;
    },
    sleep: async (ms) => {
      slept.push(ms);
      await turn();
    },
    random: () => 0,
  });
  return { publisher, calls, slept };
}

function takeAll(entries: EventEntry[]): Reply[] {
  return entries.map(() => ({}));
}

function event(id: string, padding = ''): OutgoingEvent {
  return {
    source: 'signalbox.inference',
    detailType: 'InferenceCompleted',
    detail: { metadata: { id, version: '1.0', occurredAt: '2026-11-20T12:00:00Z', correlationId: id }, data: { padding } },
  };
}

function idOf({ Detail }: EventEntry): string {
  return JSON.parse(Detail).metadata.id;
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `event-${index}`);
}

describe('gathering', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sends the events of one turn in one call, in order, as the bus wants them', async () => {
    const put = vi.fn(async (entries: EventEntry[]) => takeAll(entries));
    const publisher = createEventPublisher({ putEvents: put });
    await Promise.all(ids(3).map((id) => publisher.publish(event(id))));
    expect(put.mock.calls.map(([entries]) => entries.map(idOf))).toEqual([ids(3)]);
    expect(put.mock.calls[0]?.[0][0]).toEqual({
      Source: 'signalbox.inference',
      DetailType: 'InferenceCompleted',
      Detail: JSON.stringify(event('event-0').detail),
    });
  });

  it('sends at once when all that works waits for the bus', async () => {
    const { publisher, calls } = createFixture();
    for (const _ of [1, 2]) publisher.begin();
    const first = publisher.publish(event('one'));
    await turn();
    expect(calls).toEqual([]);
    await Promise.all([first, publisher.publish(event('two'))]);
    expect(calls).toEqual([['one', 'two']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends as soon as the last one that did not wait has ended', async () => {
    const { publisher, calls } = createFixture();
    for (const _ of [1, 2, 3]) publisher.begin();
    const published = [publisher.publish(event('one')), publisher.publish(event('two'))];
    await turn();
    expect(calls).toEqual([]);
    publisher.end();
    await Promise.all(published);
    expect(calls).toEqual([['one', 'two']]);
  });

  it('holds no event longer than 500 ms while others work', async () => {
    const { publisher, calls } = createFixture();
    for (const _ of [1, 2, 3]) publisher.begin();
    const first = publisher.publish(event('one'));
    await turn();
    await vi.advanceTimersByTimeAsync(400);
    const second = publisher.publish(event('two'));
    await turn();
    await vi.advanceTimersByTimeAsync(99);
    expect(calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await Promise.all([first, second]);
    expect(calls).toEqual([['one', 'two']]);
  });

  it('sends a full call of ten without waiting for anyone', async () => {
    const { publisher, calls } = createFixture();
    for (const _ of ids(50)) publisher.begin();
    await Promise.all(ids(10).map((id) => publisher.publish(event(id))));
    expect(calls).toEqual([ids(10)]);
  });

  it('sends what waits when it is told to', async () => {
    const { publisher, calls } = createFixture();
    for (const _ of [1, 2]) publisher.begin();
    const published = publisher.publish(event('one'));
    await publisher.flush();
    await published;
    expect(calls).toEqual([['one']]);
    await publisher.flush();
    expect(calls).toHaveLength(1);
  });

  it('splits a thousand concurrent events into calls of ten, each event once and in order', async () => {
    const { publisher, calls } = createFixture();
    await Promise.all(ids(1_000).map((id) => publisher.publish(event(id))));
    expect(calls.map((call) => call.length)).toEqual(Array.from({ length: 100 }, () => 10));
    expect(calls.flat()).toEqual(ids(1_000));
  });

  it('keeps a call below the bytes that AWS takes, counted as UTF-8', async () => {
    const sizes: number[] = [];
    const { publisher, calls } = createFixture((entries) => {
      sizes.push(entries.reduce((sum, { Detail }) => sum + Buffer.byteLength(Detail), 0));
      return takeAll(entries);
    });
    // Two bytes each: five of these events fill more than a call, though their characters would fit.
    const padding = 'é'.repeat(125_000);
    await Promise.all(ids(5).map((id) => publisher.publish(event(id, padding))));
    expect(calls).toEqual([ids(3), ['event-3', 'event-4']]);
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
  });
});

describe('a bus that does not take events', () => {
  it('is sent only those that it refused, in order', async () => {
    const { publisher, calls, slept } = createFixture((entries, call) =>
      entries.map((entry) => (call === 1 && ['event-1', 'event-3'].includes(idOf(entry)) ? { ErrorCode: 'ThrottlingException' } : {})),
    );
    await Promise.all(ids(5).map((id) => publisher.publish(event(id))));
    expect(calls).toEqual([ids(5), ['event-1', 'event-3']]);
    expect(slept).toEqual([50]);
  });

  it('resolves the events that were taken before it tries the others again', async () => {
    const resume = Promise.withResolvers<void>();
    const publisher = createEventPublisher({
      putEvents: async (entries) => entries.map((entry) => (idOf(entry) === 'bad' ? { ErrorCode: 'InternalFailure' } : {})),
      sleep: () => resume.promise,
    });
    const bad = publisher.publish(event('bad'));
    await publisher.publish(event('good'));
    const refused = expect(bad).rejects.toThrow(UnavailableError);
    resume.resolve();
    await refused;
  });

  it('after three tries fails that event alone, and says what the bus said', async () => {
    const { publisher, calls, slept } = createFixture((entries) =>
      entries.map((entry) => (idOf(entry) === 'event-1' ? { ErrorCode: 'NotAuthorized' } : {})),
    );
    const settled = await Promise.allSettled(ids(3).map((id) => publisher.publish(event(id))));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { reason } = settled[1] as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(UnavailableError);
    expect(reason.message).toContain('NotAuthorized');
    expect(calls).toEqual([ids(3), ['event-1'], ['event-1']]);
    expect(slept).toEqual([50, 100]);
  });

  it('that fails as a whole is tried with all of them, and its error is kept', async () => {
    const away = new Error('connect ECONNREFUSED');
    const { publisher, calls } = createFixture(() => away);
    const settled = await Promise.allSettled(ids(2).map((id) => publisher.publish(event(id))));
    expect(calls).toEqual([ids(2), ids(2), ids(2)]);
    for (const each of settled) expect(each).toMatchObject({ status: 'rejected', reason: { name: 'UnavailableError', cause: away } });
  });

  it('that fails as a whole once takes them at the second try', async () => {
    const { publisher, calls } = createFixture((entries, call) => (call === 1 ? new Error('socket hang up') : takeAll(entries)));
    await publisher.publish(event('one'));
    expect(calls).toEqual([['one'], ['one']]);
  });

  it('is not believed about events that it does not speak of', async () => {
    const { publisher, calls } = createFixture((entries, call) => (call === 1 ? [{}] : takeAll(entries)));
    await Promise.all(ids(2).map((id) => publisher.publish(event(id))));
    expect(calls).toEqual([ids(2), ['event-1']]);
  });
});

describe('over any answers of the bus', () => {
  it('sends each event until it is taken, never again after, at most three times, and settles it as it went', async () => {
    const plan = fc.array(fc.record({ refusals: fc.nat(3), turn: fc.nat(3) }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(plan, fc.nat(4), async (events, working) => {
        const sent = events.map(() => 0);
        const { publisher } = createFixture((entries) =>
          entries.map((entry) => {
            const index = Number(idOf(entry));
            sent[index] = (sent[index] ?? 0) + 1;
            return (sent[index] ?? 0) <= (events[index]?.refusals ?? 0) ? { ErrorCode: 'ThrottlingException' } : {};
          }),
        );
        for (let count = 0; count < working; count++) publisher.begin();
        const published = events.map(async (each, index) => {
          for (let turns = 0; turns < each.turn; turns++) await turn();
          return publisher.publish(event(String(index)));
        });
        const settling = Promise.allSettled(published);
        for (let turns = 0; turns < 6; turns++) await turn();
        await publisher.flush();
        const settled = await settling;
        expect(settled.map(({ status }) => status)).toEqual(events.map(({ refusals }) => (refusals < 3 ? 'fulfilled' : 'rejected')));
        expect(sent).toEqual(events.map(({ refusals }) => Math.min(refusals + 1, 3)));
      }),
      { numRuns: 100 },
    );
  });
});
