import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReceivedMessage, ReplyPorts } from './producer-ports.ts';
import { readReplies } from './read-replies.ts';
import { testResult } from './testing/test-ports.ts';

const replyQueue = 'https://sqs.test/signalbox-reply-mine';

function message(id: string, body = JSON.stringify(testResult({ id }))): ReceivedMessage {
  return { messageId: `m-${id}`, body, receipt: `receipt-${id}` };
}

/** A reply queue that gives these batches, then ends the iteration. */
function createReplies(batches: ReceivedMessage[][]) {
  const log: string[] = [];
  const stop = new AbortController();
  const ports: ReplyPorts = {
    urlOf: async (queue) => `https://sqs.test/${queue}`,
    receive: async (url) => {
      log.push(`receive ${url.split('/').at(-1)}`);
      const next = batches.shift();
      if (!next) stop.abort();
      return next ?? [];
    },
    delete: async (_, receipt) => void log.push(`delete ${receipt}`),
    hide: async (_, receipts, seconds) => void log.push(`hide ${receipts.join(' ')} ${seconds}`),
  };
  return { ports, log, signal: stop.signal };
}

describe('readReplies', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('deletes a result only when the next one is asked for', async () => {
    const { ports, log, signal } = createReplies([[message('a'), message('b')]]);
    for await (const { id } of readReplies(ports, { replyQueue, signal })) log.push(`got ${id}`);
    expect(log.filter((line) => !line.startsWith('receive'))).toEqual(['got a', 'delete receipt-a', 'got b', 'delete receipt-b']);
  });

  it('shows again what was not done when the reader stops', async () => {
    const { ports, log, signal } = createReplies([[message('a'), message('b'), message('c')]]);
    for await (const { id } of readReplies(ports, { replyQueue, signal })) if (id === 'b') break;
    expect(log.slice(1)).toEqual(['delete receipt-a', 'hide receipt-b receipt-c 0']);
  });

  it('keeps what it holds hidden while the reader works on it', async () => {
    const { ports, log, signal } = createReplies([[message('a'), message('b')]]);
    const replies = readReplies(ports, { replyQueue, signal });
    await replies.next();
    await vi.advanceTimersByTimeAsync(21_000);
    await replies.next();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log.slice(1)).toEqual(['hide receipt-a receipt-b 30', 'hide receipt-a receipt-b 30', 'delete receipt-a', 'hide receipt-b 30']);
    await replies.return();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.at(-1)).toBe('hide receipt-b 0');
  });

  it('says so when it could not keep them hidden: others may read them too', async () => {
    const { ports, signal } = createReplies([[message('a'), message('b')]]);
    const replies = readReplies(
      { ...ports, hide: async (_, __, seconds) => (seconds > 0 ? Promise.reject(new Error('no rights')) : undefined) },
      { replyQueue, signal },
    );
    await replies.next();
    await vi.advanceTimersByTimeAsync(11_000);
    await expect(replies.next()).rejects.toThrow('no rights');
  });

  it('leaves what is no result where it is, and warns', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { ports, log, signal } = createReplies([[message('x', 'hello'), message('a')]]);
    for await (const { id } of readReplies(ports, { replyQueue, signal })) log.push(`got ${id}`);
    expect(log.filter((line) => !line.startsWith('receive'))).toEqual(['got a', 'delete receipt-a']);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('m-x'), 'SignalboxWarning');
  });

  it('finds a queue by its name', async () => {
    const { ports, log, signal } = createReplies([]);
    for await (const _ of readReplies(ports, { replyQueue: 'signalbox-reply-named', signal }));
    expect(log).toEqual(['receive signalbox-reply-named']);
  });
});
