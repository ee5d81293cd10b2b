import type { InferenceResult } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { GatewayError, NotAnsweredError } from './producer-error.ts';
import { createTestPorts, testResult } from './testing/test-ports.ts';
import { waitFor } from './wait-for.ts';

type Step = InferenceResult | undefined | Error;

/** A gateway that answers by its script, and its last line from then on. */
function portsOf(script: Step[]) {
  const steps = [...script];
  return createTestPorts({
    readResult: async () => {
      const step = steps.length > 1 ? steps.shift() : steps[0];
      if (step instanceof Error) throw step;
      return step;
    },
  });
}

describe('waitFor', () => {
  it('asks ever less often until the request has ended', async () => {
    const { ports, slept } = portsOf([undefined, testResult({ status: 'accepted' }), testResult({ status: 'running' }), testResult()]);
    expect(await waitFor({ ports, id: 'one' })).toEqual(testResult());
    expect(slept).toEqual([62.5, 93.75, 140.625]);
  });

  it.each(['failed', 'expired', 'rejected'] as const)('gives a result that is %s as it is', async (status) => {
    const { ports } = portsOf([testResult({ status })]);
    expect(await waitFor({ ports, id: 'one' })).toMatchObject({ status });
  });

  it('says that the request still waits when the time is over, and takes no longer', async () => {
    const { ports, slept } = portsOf([undefined]);
    await expect(waitFor({ ports, id: 'one', timeoutMs: 3_000 })).rejects.toThrow(NotAnsweredError);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(3_000);
  });

  it('asks again when the gateway is busy, no sooner than it says', async () => {
    const { ports, slept } = portsOf([new GatewayError({ message: 'busy', status: 429, retryAfterMs: 2_000 }), testResult()]);
    expect(await waitFor({ ports, id: 'one' })).toEqual(testResult());
    expect(slept).toEqual([2_000]);
  });

  it('reports a gateway that was away the whole time as that', async () => {
    const { ports } = portsOf([new GatewayError({ message: 'not reached', status: 0 })]);
    await expect(waitFor({ ports, id: 'one', timeoutMs: 500 })).rejects.toThrow('not reached');
  });

  it('does not ask again with a key that is refused', async () => {
    const { ports, slept } = portsOf([new GatewayError({ message: 'wrong key', status: 401 })]);
    await expect(waitFor({ ports, id: 'one' })).rejects.toThrow('wrong key');
    expect(slept).toEqual([]);
  });
});
