import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { producerOf } from '../producer/create-producer.ts';
import { createTestPorts, FORBIDDEN } from '../producer/testing/test-ports.ts';
import { readLines } from './read-lines.ts';
import { type LineOutcome, sendLines } from './send-lines.ts';

const queues = { standard: 'https://q/standard', bulk: 'https://q/bulk' };
const good = (index: number) => JSON.stringify({ messages: [{ role: 'user', content: [{ text: `question ${index}` }] }] });

/** A queue that keeps what it takes, and what happens after so many messages. */
function createQueue({ after = Number.POSITIVE_INFINITY, onReached }: { after?: number; onReached?: () => void } = {}) {
  const taken: string[] = [];
  let isRefusing = false;
  const { ports } = createTestPorts({
    sendBatch: async (_, requests) => {
      if (isRefusing) return requests.map(() => FORBIDDEN);
      taken.push(...requests.map(({ id }) => id));
      if (taken.length >= after) onReached?.();
      return requests.map(() => undefined);
    },
  });
  const refuse = () => {
    isRefusing = true;
  };
  return { taken, refuse, producer: producerOf({ queues, hasBucket: false, ports }) };
}

type Sending = Parameters<typeof sendLines>[0];

async function send(lines: readonly string[], own: Pick<Sending, 'producer'> & Partial<Sending>) {
  const outcomes: LineOutcome[] = [];
  async function* chunks() {
    yield Buffer.from(lines.join('\n'));
  }
  const summary = await sendLines({
    lines: readLines(chunks()),
    campaign: 'spring',
    signal: new AbortController().signal,
    tell: (outcome) => outcomes.push(outcome),
    ...own,
  });
  return { summary, outcomes };
}

describe('sendLines', () => {
  it('tells of each bad line by its number, and sends the rest', async () => {
    const { producer, taken } = createQueue();
    const { summary, outcomes } = await send([good(1), 'nope', '', '{"messages":[]}', good(5)], { producer });
    expect(summary).toEqual({ sent: 2, bad: 2, failure: undefined, nextLine: 6, isStopped: false });
    const bad = outcomes.filter(({ kind }) => kind === 'invalid').map(({ line }) => line);
    expect(bad.sort()).toEqual([2, 4]);
    expect(taken).toHaveLength(2);
  });

  it('sends each line once and the same ids, however often it is interrupted and begun again', async () => {
    const lines = Array.from({ length: 90 }, (_, index) => (index % 17 === 5 ? 'nope' : good(index)));
    const whole = createQueue();
    await send(lines, { producer: whole.producer });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }), async (stops) => {
        const taken: string[] = [];
        let fromLine = 1;
        for (const after of [...stops, Number.POSITIVE_INFINITY]) {
          const stop = new AbortController();
          const queue = createQueue({ after, onReached: () => stop.abort() });
          const { summary } = await send(lines, { producer: queue.producer, fromLine, signal: stop.signal });
          taken.push(...queue.taken);
          fromLine = summary.nextLine;
        }
        expect([...taken].sort()).toEqual([...whole.taken].sort());
      }),
      { numRuns: 10 },
    );
  });

  it('ends when the queue takes no more, and goes on from the first line that it did not take', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => good(index));
    const queue = createQueue({ after: 20, onReached: () => queue.refuse() });
    const { summary, outcomes } = await send(lines, { producer: queue.producer });
    expect(summary).toMatchObject({ sent: 20, failure: FORBIDDEN.reason, nextLine: 21, isStopped: false });
    // It does not try the whole file against a queue that is closed.
    expect(outcomes.length).toBeLessThan(120);
  });

  it('sends all to the queue and the route that were asked for', async () => {
    const seen: [string, string][] = [];
    const { ports } = createTestPorts({
      sendBatch: async (queueUrl, requests) => {
        seen.push(...requests.map(({ body }): [string, string] => [queueUrl, JSON.parse(body).route]));
        return requests.map(() => undefined);
      },
    });
    await send([good(1)], { producer: producerOf({ queues, hasBucket: false, ports }), priority: 'bulk', route: 'fast' });
    expect(seen).toEqual([[queues.bulk, 'fast']]);
  });
});
