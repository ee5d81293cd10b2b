import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventStream } from './event-stream.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function begin() {
  const seen = { heads: [] as Record<string, string>[], text: '', ended: 0 };
  const reply = {
    open({ headers }: { headers: Record<string, string> }) {
      seen.heads.push(headers);
      const write = async (text: string) => {
        seen.text += text;
      };
      return { write, end: async () => void seen.ended++ };
    },
  };
  return { seen, events: createEventStream({ reply, comment: ': c\n\n', headers: { early: '1' }, keepAliveMs: 10_000 }) };
}

describe('an answer of events', () => {
  it('begins with its first event, under the headers of that', async () => {
    const { seen, events } = begin();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(events.isOpen()).toBe(false);
    await events.write('a', { by: 'one' });
    await events.write('b', { by: 'two' });
    await events.end();
    expect(seen).toMatchObject({ text: 'ab', ended: 1 });
    expect(seen.heads).toEqual([expect.objectContaining({ by: 'one', 'content-type': 'text/event-stream; charset=utf-8' })]);
  });

  it('keeps its line alive until then, and no longer', async () => {
    const { seen, events } = begin();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(events.isOpen()).toBe(true);
    await events.write('a', { by: 'one' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(seen.text).toBe(': c\n\n: c\n\na');
    expect(seen.heads).toEqual([expect.objectContaining({ early: '1' })]);
  });

  it('that never began ends without a word', async () => {
    const { seen, events } = begin();
    events.quiet();
    await vi.advanceTimersByTimeAsync(60_000);
    await events.end();
    expect(seen).toEqual({ heads: [], text: '', ended: 0 });
  });
});
