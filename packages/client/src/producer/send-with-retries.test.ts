import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SendFailure } from './producer-ports.ts';
import { sendWithRetries } from './send-with-retries.ts';
import { BUSY, createTestPorts, FORBIDDEN, testPrepared } from './testing/test-ports.ts';

const queueUrl = 'https://sqs.test/standard';

/** A queue that answers each request by its script, call by call; without a line left it takes it. */
function createScriptedQueue(script: Record<string, (SendFailure | undefined)[]>) {
  const taken: string[] = [];
  const calls: string[][] = [];
  const { ports, slept } = createTestPorts({
    sendBatch: async (_, requests) => {
      calls.push(requests.map(({ id }) => id));
      return requests.map(({ id }) => {
        const failure = script[id]?.shift();
        if (!failure) taken.push(id);
        return failure;
      });
    },
  });
  return { ports, taken, calls, slept };
}

describe('sendWithRetries', () => {
  it('sends again those alone that were not taken', async () => {
    const { ports, calls, slept } = createScriptedQueue({ b: [BUSY, BUSY] });
    const sent = await sendWithRetries({ ports, queueUrl }, [testPrepared('a'), testPrepared('b'), testPrepared('c')]);
    expect(sent).toEqual([{ kind: 'sent' }, { kind: 'sent' }, { kind: 'sent' }]);
    expect(calls).toEqual([['a', 'b', 'c'], ['b'], ['b']]);
    expect(slept).toEqual([200, 400]);
  });

  it('does not send again what the queue will never take', async () => {
    const { ports, calls } = createScriptedQueue({ a: [FORBIDDEN] });
    const sent = await sendWithRetries({ ports, queueUrl }, [testPrepared('a'), testPrepared('b')]);
    expect(sent).toEqual([{ kind: 'failed', error: FORBIDDEN }, { kind: 'sent' }]);
    expect(calls).toHaveLength(1);
  });

  it('waits as long as the other side asks, up to half a minute', async () => {
    const { ports, slept } = createScriptedQueue({
      a: [
        { ...BUSY, retryAfterMs: 5_000 },
        { ...BUSY, retryAfterMs: 600_000 },
      ],
    });
    expect(await sendWithRetries({ ports, queueUrl }, [testPrepared('a')])).toEqual([{ kind: 'sent' }]);
    expect(slept).toEqual([5_000, 30_000]);
  });

  it('gives up after six tries, with the last reason', async () => {
    const { ports, calls } = createScriptedQueue({ a: Array.from({ length: 20 }, () => BUSY) });
    expect(await sendWithRetries({ ports, queueUrl }, [testPrepared('a')])).toEqual([{ kind: 'failed', error: BUSY }]);
    expect(calls).toHaveLength(6);
  });

  it('sends nothing whose content is not in its place, and does not hold up the others', async () => {
    const puts: string[] = [];
    const { ports, calls } = createTestPorts({
      putPayload: async ({ key }) => {
        puts.push(key);
        return puts.length === 1 ? BUSY : undefined;
      },
    });
    const big = testPrepared('big', { payload: { key: 'payloads/default/1.json', sha256: '', content: Buffer.from('{}') } });
    const sent = await sendWithRetries({ ports, queueUrl }, [big, testPrepared('small')]);
    expect(sent).toEqual([{ kind: 'sent' }, { kind: 'sent' }]);
    expect(calls.map(({ ids }) => ids)).toEqual([['small'], ['big']]);
  });

  it('says sent exactly where the queue took it, and sends nothing twice that was taken', async () => {
    const failures = fc.array(fc.constantFrom(undefined, BUSY, FORBIDDEN), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.array(failures, { minLength: 1, maxLength: 10 }), async (scripts) => {
        const batch = scripts.map((_, index) => testPrepared(`r${index}`));
        const { ports, taken } = createScriptedQueue(Object.fromEntries(scripts.map((script, index) => [`r${index}`, [...script]])));
        const sent = await sendWithRetries({ ports, queueUrl }, batch);
        const saidSent = batch.filter((_, index) => sent[index]?.kind === 'sent').map(({ id }) => id);
        expect([...taken].sort()).toEqual([...saidSent].sort());
      }),
    );
  });
});
