import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAnswerChannel } from './answer-channel.ts';
import { ResponseStream } from './response-stream.mjs';

const WINDOW_BYTES = 65_536;

/** A handler's stream and its reader's end, joined without threads. */
function join(highWaterMark?: number) {
  const { writer, reader } = createAnswerChannel();
  const stream = new ResponseStream({
    highWaterMark,
    send: (message) => {
      if (message.kind === 'stream-started') writer.start(message.contentType);
      else if (message.kind === 'stream-chunk') writer.push(message.bytes);
      else writer.end();
    },
  });
  writer.attach({ read: (bytes) => stream.grant(bytes), close: () => stream.destroy(new Error('left')) });
  return { stream, reader };
}

describe('a stream and its reader', () => {
  it('lose nothing, keep the order, and never have more than the window unread', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }), async (writes, highWaterMark) => {
        const { stream, reader } = join(highWaterMark);
        const sent = Buffer.concat(writes.map((size, index) => Buffer.alloc(size, index + 1)));
        for (const [index, size] of writes.entries()) stream.write(Buffer.alloc(size, index + 1));
        stream.end();
        const got: Uint8Array[] = [];
        for await (const bytes of reader.chunks()) {
          expect(reader.unreadBytes()).toBeLessThanOrEqual(WINDOW_BYTES);
          got.push(bytes);
        }
        expect(Buffer.concat(got).equals(sent)).toBe(true);
        expect(reader.unreadBytes()).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('stand still when nobody reads: write says false, and drain comes with the reading', async () => {
    const { stream, reader } = join();
    let drains = 0;
    stream.on('drain', () => {
      drains += 1;
    });
    while (stream.write(Buffer.alloc(10_000)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(drains).toBe(0);
    expect(reader.unreadBytes()).toBe(WINDOW_BYTES);
    const chunks = reader.chunks();
    while (drains === 0) await chunks.next();
    expect(stream.writableNeedDrain).toBe(false);
  });

  it('end together when the reader leaves, without an unhandled error', async () => {
    const { stream, reader } = join();
    stream.write('x');
    const closed = new Promise((resolve) => stream.once('close', resolve));
    reader.cancel();
    await closed;
    expect(stream.destroyed).toBe(true);
    expect(await reader.chunks().next()).toEqual({ done: true, value: undefined });
  });
});
