import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AwsReply } from '../service.ts';

/** Sends a reply in one piece; silently nothing when the client is gone, since nobody is left to tell. */
export function writeReply(response: ServerResponse, reply: AwsReply): void {
  if (response.writableEnded || isClosed(response)) return;
  const body = reply.body ?? '';
  const headers: Record<string, string | number> = { 'x-amzn-requestid': randomUUID(), ...reply.headers };
  // A reply to HEAD states the length of the body that it does not have.
  headers['content-length'] ??= Buffer.byteLength(body);
  response.writeHead(reply.status, headers);
  response.end(body);
}

/** Whether the client hung up. The HTTP/2 response knows it only by its stream. */
export function isClosed(response: ServerResponse & { stream?: { destroyed: boolean } }): boolean {
  return response.destroyed || response.stream?.destroyed === true;
}

/** Sends a JSON document of the simulator's own API. */
export function writeJson(response: ServerResponse, status: number, body: unknown): void {
  writeReply(response, { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}
