import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchOptions, type Enqueued, enqueueBatch } from './enqueue-batch.ts';
import type { PreparedRequest } from './prepare-request.ts';
import type { Sent } from './send-with-retries.ts';
import { BUSY, testRequest } from './testing/test-ports.ts';

// The engine's own collector, without a flag for the whole process.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

type Send = (priority: string, batch: readonly PreparedRequest[]) => Promise<Sent[]>;
const takeAll: Send = async (_, batch) => batch.map(() => ({ kind: 'sent' }));

function start(source: Iterable<unknown> | AsyncIterable<unknown>, { send = takeAll, ...options }: BatchOptions & { send?: Send } = {}) {
  return enqueueBatch({ source, options, hasBucket: false, send });
}

async function collect(iteration: AsyncIterable<Enqueued>): Promise<Enqueued[]> {
  const all: Enqueued[] = [];
  for await (const enqueued of iteration) all.push(enqueued);
  return all;
}

function* numbered(count: number) {
  for (let index = 0; index < count; index++) yield testRequest(`question ${index}`, { id: `r${index}` });
}

describe('enqueueBatch', () => {
  it('tells what became of each exactly once, with no more under way or in memory than it says', async () => {
    const shape = fc.record({
      valid: fc.array(fc.boolean(), { maxLength: 120 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
      delays: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ valid, concurrency, delays }) => {
        let given = 0;
        let settled = 0;
        let flying = 0;
        let calls = 0;
        async function* source() {
          for (const isValid of valid) {
            for (let turn = delays[given % delays.length] ?? 0; turn > 0; turn--) await Promise.resolve();
            given += 1;
            expect(given - settled).toBeLessThanOrEqual(concurrency * 10 + 10);
            yield testRequest('a', isValid ? { id: `r${given}` } : { rout: 'x', id: `r${given}` });
          }
        }
        const send: Send = async (_, batch) => {
          flying += 1;
          expect(flying).toBeLessThanOrEqual(concurrency);
          expect(batch.length).toBeLessThanOrEqual(10);
          for (let turn = delays[calls++ % delays.length] ?? 0; turn >= 0; turn--) await Promise.resolve();
          flying -= 1;
          return batch.map(({ id }) => (id.endsWith('7') ? { kind: 'failed', error: BUSY } : { kind: 'sent' }));
        };
        const all: Enqueued[] = [];
        for await (const enqueued of start(source(), { send, concurrency })) {
          settled += 1;
          all.push(enqueued);
        }
        const inOrder = all.sort((left, right) => left.index - right.index);
        expect(inOrder.map(({ index, id }) => [index, id])).toEqual(valid.map((_, index) => [index, `r${index + 1}`]));
        const kinds = valid.map((isValid, index) => (isValid ? (`${index + 1}`.endsWith('7') ? 'failed' : 'sent') : 'invalid'));
        expect(inOrder.map(({ outcome }) => outcome.kind)).toEqual(kinds);
      }),
      { numRuns: 60 },
    );
  });

  it('sends each to the queue that it names, or all to one', async () => {
    const seen: string[] = [];
    const send: Send = async (priority, batch) => {
      seen.push(...batch.map(({ id }) => `${id} ${priority}`));
      return takeAll(priority, batch);
    };
    const requests = [testRequest('a', { id: 'a', priority: 'bulk' }), testRequest('b', { id: 'b' })];
    await collect(start(requests, { send }));
    await collect(start(requests, { send, priority: 'interactive' }));
    expect(seen.sort()).toEqual(['a bulk', 'a interactive', 'b interactive', 'b standard']);
  });

  it('does not hold back what a slow source gave', async () => {
    const more = Promise.withResolvers<void>();
    async function* source() {
      yield testRequest('a', { id: 'a' });
      await more.promise;
      yield testRequest('b', { id: 'b' });
    }
    const iteration = start(source());
    const first = await iteration.next();
    expect(first.value).toMatchObject({ id: 'a', outcome: { kind: 'sent' } });
    more.resolve();
    expect((await collect(iteration)).map(({ id }) => id)).toEqual(['b']);
  });

  it('takes no more when it is stopped, tells of what was taken, and does not wait for a source that gives nothing', async () => {
    const stop = new AbortController();
    async function* source() {
      yield* numbered(3);
      stop.abort();
      await sleep(60_000, undefined, { ref: false });
    }
    const all = await collect(start(source(), { signal: stop.signal }));
    expect(all.map(({ id, outcome }) => `${id} ${outcome.kind}`)).toEqual(['r0 sent', 'r1 sent', 'r2 sent']);
  });

  it('takes nothing when it was stopped before', async () => {
    expect(await collect(start(numbered(3), { signal: AbortSignal.abort() }))).toEqual([]);
  });

  it('tells what became of the rest before it reports that the source broke', async () => {
    async function* source() {
      yield* numbered(3);
      throw new Error('the file ended early');
    }
    const iteration = start(source());
    const seen: (string | undefined)[] = [];
    const reading = (async () => {
      for await (const { id } of iteration) seen.push(id);
    })();
    await expect(reading).rejects.toThrow('the file ended early');
    expect(seen).toEqual(['r0', 'r1', 'r2']);
  });

  it('has sent what was under way, and closes its source, when its reader stops', async () => {
    let isClosed = false;
    let landed = 0;
    function* source() {
      try {
        yield* numbered(100);
      } finally {
        isClosed = true;
      }
    }
    const send: Send = async (priority, batch) => {
      await sleep(5);
      landed += batch.length;
      return takeAll(priority, batch);
    };
    for await (const { id } of start(source(), { send, concurrency: 2 })) if (id === 'r0') break;
    expect({ isClosed, landed: landed % 10, isSome: landed > 0 }).toEqual({ isClosed: true, landed: 0, isSome: true });
  });

  it('gives all outcomes to a reader that is slower than the queue', async () => {
    const told: number[] = [];
    for await (const { index } of start(numbered(95), { concurrency: 3 })) {
      told.push(index);
      await sleep(index % 10 === 0 ? 3 : 0);
    }
    expect(told.sort((left, right) => left - right)).toEqual(Array.from({ length: 95 }, (_, index) => index));
  });

  it('holds nothing of what was sent, however long it runs and whoever may stop it', async () => {
    const refs: WeakRef<object>[] = [];
    async function* source() {
      for (let index = 0; index < 3_000; index++) {
        const request = testRequest(`question ${index}`, { id: `r${index}` });
        refs.push(new WeakRef(request));
        yield request;
      }
    }
    const send: Send = async (_, batch) => {
      // Weak references are kept for the turn in which they were made.
      await new Promise(setImmediate);
      return batch.map(() => ({ kind: 'sent' }));
    };
    const { signal } = new AbortController();
    let most = 0;
    for await (const { index } of start(source(), { send, signal })) {
      if (index % 500 !== 499) continue;
      await new Promise(setImmediate);
      collectGarbage();
      most = Math.max(most, refs.filter((ref) => ref.deref() !== undefined).length);
    }
    expect(most).toBeLessThan(200);
  });
});
