import type { IncomingMessage } from 'node:http';
import { invalid } from './bedrock-error.ts';

/** More than the largest Converse request of 20 images in base64. */
const MAXIMUM_BODY_BYTES = 120 * 1024 * 1024;

/** Reads the whole body and parses it as JSON; an empty one is an empty object. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const text = (await readBody(request)).toString('utf8');
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`The request body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAXIMUM_BODY_BYTES) throw invalid(`The request body is larger than ${MAXIMUM_BODY_BYTES} bytes.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
