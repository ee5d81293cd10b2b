import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStreamHead } from './read-stream-head.ts';

async function* cutAt(bytes: Buffer, cuts: number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, place] of places.slice(1).entries()) yield bytes.subarray(places[index], place);
}

const answer = (metadata: unknown, body = '') => Buffer.concat([Buffer.from(JSON.stringify(metadata)), Buffer.alloc(8), Buffer.from(body)]);
const read = (bytes: Buffer, cuts: number[] = []) => readStreamHead(cutAt(bytes, cuts));

describe('the head of a streamed answer', () => {
  it('is the same wherever its bytes are cut, and no byte of the body is lost', async () => {
    const metadata = { statusCode: 207, headers: { 'X-A': 'ü' }, multiValueHeaders: { b: ['1', '2'] }, cookies: ['c=1'] };
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.nat(200), { maxLength: 8 }), async (body, cuts) => {
        const chunks = cutAt(answer(metadata, body), cuts);
        const begun = await readStreamHead(chunks);
        if (typeof begun === 'string') throw new Error(begun);
        expect(begun.head).toEqual({ status: 207, headers: { 'x-a': ['ü'], b: ['1', '2'], 'set-cookie': ['c=1'] } });
        const rest = [begun.rest];
        for await (const chunk of chunks) rest.push(Buffer.from(chunk));
        expect(Buffer.concat(rest).toString()).toBe(Buffer.from(body).toString());
      }),
    );
  });

  it('may be as long as 16 KB with its delimiter, and no longer', async () => {
    const ofLength = (bytes: number) =>
      answer({ statusCode: 200, x: 'y'.repeat(bytes - 8 - JSON.stringify({ statusCode: 200, x: '' }).length) });
    expect(await read(ofLength(16_384))).toMatchObject({ head: { status: 200 } });
    expect(await read(ofLength(16_385))).toMatch(/16384 bytes hold no delimiter/);
  });

  it.each<[unknown, RegExp]>([
    [null, /metadata is wrong: statusCode is undefined/],
    [{ statusCode: 99 }, /statusCode is 99/],
    [{ statusCode: 200, headers: [] }, /headers is not an object/],
    [{ statusCode: 200, headers: { 'a b': 'x' } }, /Header name must be a valid HTTP token/],
    [{ statusCode: 200, headers: { a: 'x\ny' } }, /Invalid character in header content/],
    [{ statusCode: 200, cookies: 'a=1' }, /cookies is not a list/],
  ])('is none: %j', async (metadata, problem) => {
    expect(await read(answer(metadata))).toMatch(problem);
  });

  it('does not decide how the connection carries the body', async () => {
    const headers = { 'Transfer-Encoding': 'gzip', Connection: 'close', 'Content-Type': 'text/plain' };
    expect(await read(answer({ statusCode: 200, headers }))).toMatchObject({ head: { headers: { 'content-type': ['text/plain'] } } });
    expect(Object.keys(((await read(answer({ statusCode: 200, headers }))) as { head: { headers: object } }).head.headers)).toHaveLength(1);
  });
});
