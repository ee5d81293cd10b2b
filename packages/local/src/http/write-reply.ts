import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AwsReply } from '../service.ts';
import { breakOff } from './break-off.ts';
import { isClosed, writeChunk } from './write-chunk.ts';

/** Sends a reply; silently nothing when the client is gone, since nobody is left to tell. */
export function writeReply(response: ServerResponse, reply: AwsReply): void {
  if (reply.stream) return void writeStream(response, reply, reply.stream);
  if (response.writableEnded || isClosed(response)) return;
  const body = reply.body ?? '';
  const headers: Record<string, string | number> = { 'x-amzn-requestid': randomUUID(), ...reply.headers };
  // A reply to HEAD states the length of the body that it does not have.
  headers['content-length'] ??= Buffer.byteLength(body);
  response.writeHead(reply.status, headers);
  response.end(body);
}

/** A stream that fails breaks off here: who made it has said why. */
async function writeStream(
  response: ServerResponse,
  { status, headers }: AwsReply,
  stream: NonNullable<AwsReply['stream']>,
): Promise<void> {
  if (isClosed(response)) return stream.cancel();
  response.writeHead(status, { 'x-amzn-requestid': randomUUID(), ...headers });
  response.once('close', () => stream.cancel());
  // A write that meets a connection just closed is no error of ours; unheard, this event would end the process.
  response.on('error', () => stream.cancel());
  try {
    for await (const chunk of stream.chunks) await writeChunk(response, chunk);
    response.end();
  } catch {
    breakOff(response);
  }
}

/** Sends a JSON document of the simulator's own API. */
export function writeJson(response: ServerResponse, status: number, body: unknown): void {
  writeReply(response, { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}
