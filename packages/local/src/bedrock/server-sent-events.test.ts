import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readServerSentEvents } from './server-sent-events.ts';

async function read(chunks: Uint8Array[]): Promise<string[]> {
  async function* source() {
    yield* chunks;
  }
  const events: string[] = [];
  for await (const event of readServerSentEvents(source())) events.push(event);
  return events;
}

describe('server-sent events', () => {
  it.each([
    ['data: a\n\ndata: b\n\n', ['a', 'b']],
    ['data:a\r\n\r\ndata:  b\r\r', ['a', ' b']],
    [': comment\n\nevent: x\nid: 1\nretry: 5\ndata: a\n\n', ['a']],
    ['data: one\ndata: two\n\n', ['one\ntwo']],
    ['data: a\n\ndata: last', ['a', 'last']],
    ['\n\n\n', []],
    ['', []],
    ['data\n\n', ['']],
  ])('%j are %j', async (text, events) => {
    expect(await read([Buffer.from(text)])).toEqual(events);
  });

  it('are the same however the bytes are split', async () => {
    const text = 'data: {"é":"😀"}\r\n\r\n: ping\r\n\r\ndata: Zürich\n\ndata: [DONE]\n\n';
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 })), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        expect(await read(chunks)).toEqual(['{"é":"😀"}', 'Zürich', '[DONE]']);
      }),
    );
  });
});
