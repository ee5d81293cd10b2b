import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chunkMessages } from './chunk-messages.ts';

it('keeps every message once and in order, each chunk within both limits unless it is one message, and no two that would fit one', () => {
  const message = fc.string({ maxLength: 30 }).map((body) => ({ body }));
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 40 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 60 }),
      (messages, maxEntries, maxBytes) => {
        const chunks = chunkMessages(messages, { maxEntries, maxBytes });
        const bytesOf = (chunk: { body: string }[]) => chunk.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
        expect(chunks.flat()).toEqual(messages);
        for (const [index, chunk] of chunks.entries()) {
          expect(chunk.length).toBeLessThanOrEqual(maxEntries);
          if (chunk.length > 1) expect(bytesOf(chunk)).toBeLessThanOrEqual(maxBytes);
          const next = chunks[index + 1]?.[0];
          if (next && chunk.length < maxEntries) expect(bytesOf([...chunk, next])).toBeGreaterThan(maxBytes);
        }
      },
    ),
  );
});
