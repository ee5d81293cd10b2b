import type { InferenceResult } from '@signalbox/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError, NotAnsweredError } from './producer-error.ts';
import { type BatchResultOptions, readBatch } from './read-batch.ts';
import { createTestPorts, testResult } from './testing/test-ports.ts';

/** A gateway where each id ends when it was asked for so often; never where nothing is said. */
function gatewayOf(endsAfter: Record<string, number>, own: { failures?: Map<number, GatewayError> } = {}) {
  const asked = new Map<string, number>();
  let calls = 0;
  let most = 0;
  let under = 0;
  const test = createTestPorts({
    readResult: async (id) => {
      under += 1;
      most = Math.max(most, under);
      await Promise.resolve();
      under -= 1;
      const failure = own.failures?.get(calls++);
      if (failure) throw failure;
      const times = (asked.get(id) ?? 0) + 1;
      asked.set(id, times);
      return times >= (endsAfter[id] ?? Number.POSITIVE_INFINITY) ? testResult({ id }) : testResult({ id, status: 'running' });
    },
  });
  return { ...test, asked, most: () => most };
}

async function collect(ports: ReturnType<typeof gatewayOf>['ports'], options: BatchResultOptions) {
  const results: InferenceResult[] = [];
  const error = await (async () => {
    for await (const result of readBatch({ ports, ...options })) results.push(result);
  })().catch((caught: unknown) => caught);
  return { ids: results.map(({ id }) => id), error };
}

describe('readBatch', () => {
  it('gives each result once, whenever it ends, and asks for none that ended', async () => {
    const times = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(times, async (counts) => {
        const endsAfter = Object.fromEntries(counts.map((count, index) => [`r${index}`, count]));
        const gateway = gatewayOf(endsAfter);
        const { ids, error } = await collect(gateway.ports, { batch: [...Object.keys(endsAfter), ...Object.keys(endsAfter)] });
        expect(error).toBeUndefined();
        expect(ids.sort()).toEqual(Object.keys(endsAfter).sort());
        expect(Object.fromEntries(gateway.asked)).toEqual(endsAfter);
        expect(gateway.most()).toBeLessThanOrEqual(16);
      }),
    );
  });

  it('is not held up by those that wait, and says how many are open when the time is over', async () => {
    const { ports } = gatewayOf({ c: 1 });
    const { ids, error } = await collect(ports, { batch: ['a', 'b', 'c'], timeoutMs: 5_000 });
    expect(ids).toEqual(['c']);
    expect(error).toBeInstanceOf(NotAnsweredError);
    expect(String(error)).toContain('no result of a and 1 more within 5 s');
  });

  it('asks again when the gateway is busy, no sooner than it says, and ends when a key is refused', async () => {
    const busy = new GatewayError({ message: 'busy', status: 429, retryAfterMs: 4_000 });
    const { ports, slept } = gatewayOf({ a: 1 }, { failures: new Map([[0, busy]]) });
    expect((await collect(ports, { batch: ['a'] })).ids).toEqual(['a']);
    expect(slept).toEqual([4_000]);
    const denied = gatewayOf({ a: 1 }, { failures: new Map([[0, new GatewayError({ message: 'wrong key', status: 401 })]]) });
    expect(String((await collect(denied.ports, { batch: ['a'] })).error)).toContain('wrong key');
  });

  it('ends without an error when it is stopped', async () => {
    const stop = new AbortController();
    const { ports } = gatewayOf({});
    ports.sleep = async () => stop.abort();
    expect(await collect(ports, { batch: ['a'], signal: stop.signal })).toEqual({ ids: [], error: undefined });
  });

  it('takes a text for the id of a batch, and reads what is in it', async () => {
    const { ports } = gatewayOf({ a: 1, b: 2 });
    ports.listBatch = async (batchId) => (batchId === 'batch-1' ? ['a', 'b'] : []);
    expect(await collect(ports, { batch: 'batch-1' })).toEqual({ ids: ['a', 'b'], error: undefined });
  });
});
