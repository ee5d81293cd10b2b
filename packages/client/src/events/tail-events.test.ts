import { describe, expect, it } from 'vitest';
import { createTestOutput } from '../testing/test-output.ts';
import { tailEvents } from './tail-events.ts';

type Own = { id?: string; type?: string; data?: object; occurredAt?: string };

function eventBody({
  id = 'e1',
  type = 'InferenceCompleted',
  data = { id: 'r1' },
  occurredAt = '2026-01-01T00:00:00.123Z',
}: Own = {}): string {
  const metadata = { id, version: '1.0', occurredAt, correlationId: 'r1' };
  return JSON.stringify({ source: 'signalbox.inference', 'detail-type': type, detail: { metadata, data } });
}

async function tail(batches: string[][], own: { json?: boolean; count?: number; now?: () => number; touch?: () => Promise<void> } = {}) {
  const test = createTestOutput();
  const stop = new AbortController();
  const left = [...batches];
  const receive = async () => {
    const batch = left.shift();
    if (left.length === 0) stop.abort();
    return batch ?? [];
  };
  const touch = own.touch ?? (async () => undefined);
  const code = await tailEvents({
    ...{ tail: { receive, touch }, json: own.json === true, count: own.count, output: test.output, signal: stop.signal },
    now: own.now ?? (() => 0),
  });
  return { code, lines: test.printed().split('\n').filter(Boolean), noted: test.noted() };
}

describe('tailEvents', () => {
  it('prints each event once, however often it comes, and goes on until it is stopped', async () => {
    const { code, lines } = await tail([[eventBody(), eventBody({ id: 'e2' })], [], [eventBody()], [eventBody({ id: 'e3' })]]);
    expect({ code, count: lines.length }).toEqual({ code: 0, count: 3 });
  });

  it('tells what came together in the order in which it happened', async () => {
    const at = (id: string, second: number) => eventBody({ id, data: { id }, occurredAt: `2026-01-01T00:00:0${second}.000Z` });
    const { lines } = await tail([[at('third', 3), at('first', 1), at('second', 2)]]);
    expect(lines.map((line) => line.split('\t')[2])).toEqual(['first', 'second', 'third']);
  });

  it('prints whole events to programs, a line each', async () => {
    expect((await tail([[eventBody()]], { json: true })).lines.map((line) => JSON.parse(line))).toEqual([JSON.parse(eventBody())]);
  });

  it('ends after as many as were asked for, though more came with them', async () => {
    expect((await tail([['1', '2', '3'].map((id) => eventBody({ id })), [eventBody({ id: '4' })]], { count: 2 })).lines).toHaveLength(2);
  });

  it('says that something came which is none of its events', async () => {
    expect(await tail([['hello', '{"detail":{}}', eventBody()]])).toMatchObject({
      lines: [expect.any(String)],
      noted: expect.stringContaining('not shown'),
    });
  });

  it('says every ten minutes that it is in use', async () => {
    let now = 0;
    let touched = 0;
    const own = {
      now: () => {
        now += 240_000;
        return now;
      },
      touch: async () => {
        touched += 1;
      },
    };
    await tail([[], [], [], [], [], []], own);
    expect(touched).toBe(2);
  });
});
