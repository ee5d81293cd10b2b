import { StreamContentError } from '../stream-blocks.ts';

/** Longest answer that is read whole, in bytes: 2,000 embeddings of 3,072 numbers are some 130 MB as JSON, chats far less. */
const MAX_ANSWER_BYTES = 192 * 1024 * 1024;
/** Of an error's body no more than this is read, in bytes. */
const MAX_ERROR_BYTES = 64 * 1024;

/** The whole body as JSON. Throws `StreamContentError` for a body that is none, or that does not end. */
export async function readJson(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const { text, isWhole } = await readText(body, MAX_ANSWER_BYTES);
  if (!isWhole) throw new StreamContentError('the answer is longer than any answer');
  return parseJson(text);
}

/** The beginning of an error's body: as JSON where it is, else its text. */
export async function readErrorBody(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const { text } = await readText(body, MAX_ERROR_BYTES);
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page: its status says all that we can use.
    return text;
  }
}

/** Text as JSON. Throws `StreamContentError`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StreamContentError('the answer is not JSON', { cause });
  }
}

async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<{ text: string; isWhole: boolean }> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > maxBytes) return { text: Buffer.concat(pieces).toString('utf8'), isWhole: false };
  }
  return { text: Buffer.concat(pieces).toString('utf8'), isWhole: true };
}
