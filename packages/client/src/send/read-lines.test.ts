import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Line, readLines } from './read-lines.ts';

async function* inChunks(bytes: Uint8Array, sizes: readonly number[]) {
  for (let from = 0, turn = 0; from < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(from, from + size);
    from += size;
  }
}

async function read(content: string | Uint8Array, { sizes = [7], maxLineBytes = 1_000 } = {}): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(inChunks(Buffer.from(content as string), sizes), { maxLineBytes })) lines.push(line);
  return lines;
}

describe('readLines', () => {
  it('numbers lines as an editor does, and passes over empty ones', async () => {
    const lines = await read('one\r\n\n  \ntwo\nthree');
    expect(lines.map(({ number, ...line }) => [number, line.kind === 'text' && line.text])).toEqual([
      [1, 'one'],
      [4, 'two'],
      [5, 'three'],
    ]);
    expect(lines.at(-1)?.endOffset).toBe(18);
  });

  it('drops the mark of byte order that editors put first', async () => {
    expect(await read('\ufeff{}')).toMatchObject([{ text: '{}' }]);
  });

  it('tells of a line that is too long or broken, and goes on after it', async () => {
    const content = Buffer.concat([Buffer.from(`${'x'.repeat(30)}\n`), Buffer.from([0xff, 0xfe, 10]), Buffer.from('ok\n')]);
    expect(await read(content, { maxLineBytes: 20 })).toMatchObject([
      { number: 1, kind: 'unreadable', problem: 'is 30 bytes long, of at most 20' },
      { number: 2, kind: 'unreadable', problem: expect.stringContaining('UTF-8') },
      { number: 3, kind: 'text', text: 'ok' },
    ]);
  });

  it('reads the same lines however the chunks are cut', async () => {
    const text = fc.array(
      fc.string({ unit: 'grapheme' }).filter((line) => !/[\r\n\ufeff]/.test(line)),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (lines, sizes) => {
        const found = await read(lines.join('\n'), { sizes, maxLineBytes: 100_000 });
        const expected = lines.flatMap((line, index) => (line.trim() === '' ? [] : [[index + 1, line]]));
        expect(found.map((line) => [line.number, line.kind === 'text' && line.text])).toEqual(expected);
      }),
    );
  });
});
