import type { InferenceResult, InferenceStatus } from '@signalbox/contracts';
import { HttpError } from '@signalbox/runtime/errors';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createWaitInference } from './wait-inference.ts';

const MARGIN_MS = 2_500;
const wanted = { tenant: 'acme', id: 'invoice-4711' };

/** An inference that has ended after a while, on a clock that only sleeping moves. */
function createFixture({ endsAfterMs = Number.POSITIVE_INFINITY, ending = 'succeeded' as InferenceStatus, chance = () => 0.5 } = {}) {
  let clock = 1_000_000;
  const startedAt = clock;
  const pauses: number[] = [];
  const read = vi.fn(
    async ({ id }: { id: string }): Promise<InferenceResult> => ({
      schemaVersion: '1.0',
      id,
      status: clock - startedAt >= endsAfterMs ? ending : 'running',
    }),
  );
  const sleep = async (ms: number) => {
    pauses.push(ms);
    clock += ms;
  };
  const waitInference = createWaitInference({ read, sleep, now: () => clock, random: chance });
  return { waitInference, read, pauses, passed: () => clock - startedAt };
}

describe('waiting for an inference', () => {
  it.each(['succeeded', 'failed', 'expired', 'rejected'] as const)('that has %s already answers by the first read', async (ending) => {
    const { waitInference, read, pauses } = createFixture({ endsAfterMs: 0, ending });
    expect(await waitInference({ ...wanted, waitSeconds: 25, remainingMs: 28_000 })).toMatchObject({ id: wanted.id, status: ending });
    expect(read).toHaveBeenCalledExactlyOnceWith(wanted);
    expect(pauses).toEqual([]);
  });

  it('answers within a second of its end', async () => {
    const { waitInference, passed } = createFixture({ endsAfterMs: 8_000 });
    expect(await waitInference({ ...wanted, waitSeconds: 25, remainingMs: 28_000 })).toMatchObject({ status: 'succeeded' });
    expect(passed()).toBeLessThanOrEqual(9_000);
  });

  it('answers how it stands when the time is over, and has read at that very moment', async () => {
    const { waitInference, passed } = createFixture({ endsAfterMs: 5_000 });
    expect(await waitInference({ ...wanted, waitSeconds: 5, remainingMs: 28_000 })).toMatchObject({ status: 'succeeded' });
    expect(passed()).toBe(5_000);
    const still = createFixture({ endsAfterMs: 5_001 });
    expect(await still.waitInference({ ...wanted, waitSeconds: 5, remainingMs: 28_000 })).toMatchObject({ status: 'running' });
    expect(still.passed()).toBe(5_000);
  });

  it('ends before its function does', async () => {
    const { waitInference, passed } = createFixture();
    await waitInference({ ...wanted, waitSeconds: 25, remainingMs: 10_000 });
    expect(passed()).toBe(10_000 - MARGIN_MS);
  });

  it('reads once when the function has no time left', async () => {
    const { waitInference, read } = createFixture();
    expect(await waitInference({ ...wanted, waitSeconds: 25, remainingMs: 100 })).toMatchObject({ status: 'running' });
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('does not wait for what the tenant does not have', async () => {
    const { waitInference, read, pauses } = createFixture();
    read.mockRejectedValue(new HttpError({ status: 404, code: 'not_found', message: 'none' }));
    await expect(waitInference({ ...wanted, waitSeconds: 25, remainingMs: 28_000 })).rejects.toMatchObject({ status: 404 });
    expect(pauses).toEqual([]);
  });

  it('pauses from 100 ms to 1 s, never beyond the end, and reads at most 60 times, however chance falls', async () => {
    const chances = fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(
        chances,
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 0, max: 30_000 }),
        async (stream, waitSeconds, remainingMs) => {
          const { waitInference, read, pauses, passed } = createFixture({ chance: () => stream.next().value });
          await waitInference({ ...wanted, waitSeconds, remainingMs });
          const allowedMs = Math.max(0, Math.min(waitSeconds * 1_000, remainingMs - MARGIN_MS));
          expect(passed()).toBeCloseTo(allowedMs, 3);
          expect(pauses.slice(0, -1).every((ms) => ms >= 100 && ms <= 1_000)).toBe(true);
          expect(pauses.at(-1) ?? 0).toBeLessThanOrEqual(1_000);
          expect(read.mock.calls.length).toBe(pauses.length + 1);
          expect(read.mock.calls.length).toBeLessThanOrEqual(60);
        },
      ),
    );
  });
});
