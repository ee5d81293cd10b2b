import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamContentError } from '../stream-blocks.ts';
import { ProviderError } from './provider-error.ts';
import { readChunks } from './read-chunks.ts';

async function* bodyOf(...pieces: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece as string);
}

async function read(...pieces: (string | Uint8Array)[]): Promise<unknown[]> {
  return collect(readChunks({ body: bodyOf(...pieces) }));
}

async function collect(chunks: AsyncIterable<unknown>): Promise<unknown[]> {
  const collected: unknown[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return collected;
}

/** What was given before the error, and the error. */
async function readUntilError(...pieces: (string | Uint8Array)[]): Promise<{ chunks: unknown[]; error: unknown }> {
  const chunks: unknown[] = [];
  try {
    for await (const chunk of readChunks({ body: bodyOf(...pieces) })) chunks.push(chunk);
    return { chunks, error: undefined };
  } catch (error) {
    return { chunks, error };
  }
}

describe('a stream of events', () => {
  const one = { choices: [{ delta: { content: 'Zürich 東京 🚆' } }] };
  const two = { choices: [], usage: { prompt_tokens: 1 } };

  it('is the same however its bytes are cut and its lines end', async () => {
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lineEnd, cuts, fc.boolean(), async (end, places, hasDone) => {
        const lines = [': keep-alive', `data: ${JSON.stringify(one)}`, '', 'id: 7', `data:${JSON.stringify(two)}`, ''];
        const bytes = Buffer.from([...lines, ...(hasDone ? ['data: [DONE]', ''] : []), ''].join(end));
        const sorted = [0, ...places.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = sorted.slice(1).map((place, n) => bytes.subarray(sorted[n], place));
        expect(await read(...pieces)).toEqual([one, two]);
      }),
    );
  });

  it('ends at [DONE], says so, and drops what comes after', async () => {
    let told = 0;
    const body = bodyOf('data: {"choices":[]}\n\ndata: [DONE]\n\ndata: {"choices":[9]}\n\n', 'data: broken\n\n');
    expect(await collect(readChunks({ body, onDone: () => void told++ }))).toEqual([{ choices: [] }]);
    expect(told).toBe(1);
  });

  it.each([
    ['an event of several lines', ['data: {"choices":\ndata: []}\n\n'], [{ choices: [] }]],
    ['an event without the empty line at its end', ['data: {"choices":[]}'], [{ choices: [] }]],
    ['an event that was cut', ['data: {"choices":[]}\n\ndata: {"cho'], [{ choices: [] }]],
    ['a byte order mark', ['\uFEFFdata: {"choices":[]}\n\n'], [{ choices: [] }]],
    ['empty lines first', ['\n\n', '\n', 'data: {"choices":[]}\n\n'], [{ choices: [] }]],
    ['an empty event', ['data: \n\ndata: {"choices":[]}\n\n'], [{ choices: [] }]],
    ['nothing', [], []],
    ['HTML', ['<html>busy</html>'], []],
  ])('may have %s', async (_name, pieces, expected) => {
    expect(await read(...pieces)).toEqual(expected);
  });

  it('gives what stands before an event that cannot be read', async () => {
    const { chunks, error } = await readUntilError('data: {"choices":[]}\n\ndata: {"choices":[}\n\ndata: {"choices":[2]}\n\n');
    expect(chunks).toEqual([{ choices: [] }]);
    expect(error).toBeInstanceOf(StreamContentError);
  });

  it.each([
    ['an error object', 'data: {"error":{"message":"boom","code":502}}\n\n', { error: { message: 'boom', code: 502 } }],
    ['an error of its own type', 'event: error\ndata: {"message":"boom"}\n\n', { message: 'boom' }],
    ['an error in plain words', 'event: error\ndata: boom\n\n', 'boom'],
    ["vLLM's older form", 'data: {"object":"error","message":"boom","code":400}\n\n', { object: 'error', message: 'boom', code: 400 }],
  ])('is an error at %s', async (_name, event, body) => {
    const { chunks, error } = await readUntilError('data: {"choices":[]}\n\n', event);
    expect(chunks).toEqual([{ choices: [] }]);
    expect(error).toBeInstanceOf(ProviderError);
    expect((error as ProviderError).body).toEqual(body);
  });

  it('with an error that is null has none', async () => {
    expect(await read('data: {"choices":[],"error":null}\n\n')).toEqual([{ choices: [], error: null }]);
  });

  it('whose event does not end is not kept without bound', async () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    const endless = async function* () {
      yield Buffer.from('data: ');
      for (let n = 0; n < 64; n++) yield Buffer.from(megabyte);
    };
    await expect(collect(readChunks({ body: endless() }))).rejects.toBeInstanceOf(StreamContentError);
  });
});

describe('a document in place of a stream', () => {
  it('is one chunk, however it is cut', async () => {
    expect(await read(' \n', '{"choices":', '[{"message":{"content":"é', '"}}]}')).toEqual([{ choices: [{ message: { content: 'é' } }] }]);
  });

  it.each([
    ['that is cut', '{"choices":[', StreamContentError],
    ['that is an error', '{"error":"boom"}', ProviderError],
  ])('%s fails', async (_name, text, Kind) => {
    expect((await readUntilError(text)).error).toBeInstanceOf(Kind);
  });
});
