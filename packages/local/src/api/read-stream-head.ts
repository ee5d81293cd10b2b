import { validateHeaderName, validateHeaderValue } from 'node:http';
import { readProxyResponse } from './read-proxy-response.ts';

/** What a streamed answer says to the client before its body. */
export type StreamHead = { status: number; headers: Record<string, string[]> };

/** API Gateway's limits, in bytes: for the metadata with its delimiter, and for the headers in it. */
const MAX_METADATA_BYTES = 16_384;
const MAX_HEADER_BYTES = 10_240;
const DELIMITER = Buffer.alloc(8);

/** Headers that say how one connection carries the body, which is not the function's to decide. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'];

/**
 * Reads the metadata that a streamed answer begins with: JSON, then eight NUL bytes. `rest` is what of the body came along. A text says what is
 * wrong with it; errors of the stream pass through.
 */
export async function readStreamHead(chunks: AsyncIterator<Uint8Array>): Promise<{ head: StreamHead; rest: Buffer } | string> {
  let seen: Buffer = Buffer.alloc(0);
  for (;;) {
    const end = seen.indexOf(DELIMITER);
    if (end !== -1 && end + DELIMITER.length <= MAX_METADATA_BYTES) {
      const head = parseHead(seen.subarray(0, end).toString());
      return typeof head === 'string' ? head : { head, rest: seen.subarray(end + DELIMITER.length) };
    }
    if (seen.length >= MAX_METADATA_BYTES)
      return `its first ${MAX_METADATA_BYTES} bytes hold no delimiter of eight NULs after the metadata`;
    const next = await chunks.next();
    if (next.done) return `it ended after ${seen.length} bytes without the delimiter of eight NULs that follows the metadata`;
    seen = Buffer.concat([seen, next.value]);
  }
}

function parseHead(text: string): StreamHead | string {
  let metadata: unknown;
  try {
    metadata = JSON.parse(text);
  } catch (error) {
    return `its metadata is not JSON: ${String(error)}`;
  }
  const read = readProxyResponse({ ...(metadata as object), body: '' });
  if (typeof read === 'string') return `its metadata is wrong: ${read}`;
  const cookies = (metadata as { cookies?: unknown }).cookies ?? [];
  if (!Array.isArray(cookies)) return 'its metadata is wrong: cookies is not a list';
  return checkHeaders({ status: read.status, headers: withCookies(read.headers, cookies.map(String)) });
}

function withCookies(headers: Record<string, string[]>, cookies: string[]): Record<string, string[]> {
  return cookies.length === 0 ? headers : { ...headers, 'set-cookie': [...(headers['set-cookie'] ?? []), ...cookies] };
}

function checkHeaders({ status, headers }: StreamHead): StreamHead | string {
  const kept = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.includes(name));
  const bytes = kept.reduce((sum, [name, values]) => sum + Buffer.byteLength(name + values.join('')), 0);
  if (bytes > MAX_HEADER_BYTES) return `its headers have ${bytes} bytes: the maximum is ${MAX_HEADER_BYTES}`;
  try {
    for (const [name, values] of kept) {
      validateHeaderName(name);
      for (const value of values) validateHeaderValue(name, value);
    }
  } catch (error) {
    return `its metadata is wrong: ${error instanceof Error ? error.message : String(error)}`;
  }
  return { status, headers: Object.fromEntries(kept) };
}
