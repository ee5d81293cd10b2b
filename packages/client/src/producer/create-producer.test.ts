import { describe, expect, it } from 'vitest';
import { producerOf } from './create-producer.ts';
import { InvalidRequestError, NotSentError } from './producer-error.ts';
import { createTestPorts, FORBIDDEN, testRequest, testResult } from './testing/test-ports.ts';

async function collect<T>(iteration: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of iteration) all.push(one);
  return all;
}

const queues = { interactive: 'https://q/interactive', standard: 'https://q/standard' };

describe('a producer', () => {
  it('sends to the queue asked for, else to the one that the request names, else to standard', async () => {
    const { ports, calls } = createTestPorts();
    const producer = producerOf({ queues, hasBucket: false, ports });
    await producer.enqueue(testRequest('a', { priority: 'standard' }), { priority: 'interactive' });
    await producer.enqueue(testRequest('b', { priority: 'interactive' as const }));
    await producer.enqueue(testRequest('c'));
    expect(calls.map(({ queueUrl }) => queueUrl)).toEqual([queues.interactive, queues.interactive, queues.standard]);
  });

  it('names each field that is wrong, and sends nothing', async () => {
    const { ports, calls } = createTestPorts();
    const producer = producerOf({ queues, hasBucket: false, ports });
    const error = await producer.enqueue(testRequest('a', { rout: 'x' })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ message: expect.stringContaining('rout is not a known field'), problems: [{ path: 'rout' }] });
    expect(calls).toEqual([]);
  });

  it('says when it has no queue for a priority', async () => {
    const { ports } = createTestPorts();
    const producer = producerOf({ queues, hasBucket: false, ports });
    await expect(producer.enqueue(testRequest(), { priority: 'bulk' })).rejects.toThrow('priority is bulk');
  });

  it('gives the id with the refusal, so that the request can be sent again', async () => {
    const { ports } = createTestPorts({ sendBatch: async (_, requests) => requests.map(() => FORBIDDEN) });
    const producer = producerOf({ queues, hasBucket: false, ports });
    const error = await producer.enqueue(testRequest('a', { id: 'mine' })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NotSentError);
    expect(error).toMatchObject({ id: 'mine' });
  });

  it('ends a batch with the reason when it has no queue for one of it', async () => {
    const { ports } = createTestPorts();
    const producer = producerOf({ queues, hasBucket: false, ports });
    const read = async () => {
      for await (const _ of producer.enqueueBatch([testRequest('a', { priority: 'bulk' })]));
    };
    await expect(read()).rejects.toThrow('priority is bulk');
  });

  it('names the field that the gateway refused, as if it had been refused here', async () => {
    const refused = { reason: 'unknown_route', isTransient: false, problems: [{ path: 'route', message: 'is none' }] };
    const { ports } = createTestPorts({ sendBatch: async (_, requests) => requests.map(() => refused) });
    const producer = producerOf({ queues, hasBucket: true, way: 'gateway', ports });
    await expect(producer.enqueue(testRequest())).rejects.toMatchObject({ name: 'InvalidRequestError', problems: refused.problems });
    const outcomes = await collect(producer.enqueueBatch([testRequest('a', { id: 'mine' })]));
    expect(outcomes).toEqual([{ index: 0, id: 'mine', outcome: { kind: 'invalid', problems: refused.problems } }]);
  });

  it('sends by the API a hundred at a time, with the priority in each', async () => {
    const bodies: { priority: string }[][] = [];
    const { ports } = createTestPorts({
      sendBatch: async (_, requests) => {
        bodies.push(requests.map(({ body }) => JSON.parse(body)));
        return requests.map(() => undefined);
      },
    });
    const producer = producerOf({ queues: { bulk: 'u', standard: 'u' }, hasBucket: true, way: 'gateway', ports });
    const requests = Array.from({ length: 150 }, (_, index) => testRequest(`${index}`));
    expect(await collect(producer.enqueueBatch(requests, { priority: 'bulk' }))).toHaveLength(150);
    expect(bodies.map((batch) => batch.length)).toEqual([100, 50]);
    expect(bodies.flat().every(({ priority }) => priority === 'bulk')).toBe(true);
  });

  it('gives the results of a batch of ids', async () => {
    const { ports } = createTestPorts({ readResult: async (id) => testResult({ id }) });
    const producer = producerOf({ queues, hasBucket: false, ports });
    expect((await collect(producer.results({ batch: ['a', 'b'] }))).map(({ id }) => id)).toEqual(['a', 'b']);
  });
});
