import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Answer = { status: number; body: Record<string, unknown> };
export type Call = { operation: string; input: Record<string, unknown>; ours: Answer; theirs: Answer };

export type Tee = AsyncDisposable & { endpoint: string; calls: Call[] };

/** Sends every DynamoDB call to two servers, one after the other, and answers what the first one said. */
export async function startTee({ ours, theirs }: { ours: string; theirs: string }): Promise<Tee> {
  const calls: Call[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const [first, second] = [await forward(ours, request, body), await forward(theirs, request, body)];
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    calls.push({ operation, input: JSON.parse(body.toString()), ours: first, theirs: second });
    response.writeHead(first.status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(first.body));
  };
  const server = createServer((request, response) => {
    // A server that is gone is a call without an answer: the client says so.
    answer(request, response).catch((error: Error) => response.destroy(error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function forward(endpoint: string, { headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const names = ['x-amz-target', 'content-type', 'authorization', 'x-amz-date'];
  const sent = Object.fromEntries(names.map((name) => [name, String(headers[name] ?? '')]));
  const reply = await fetch(endpoint, { method: 'POST', headers: sent, body: new Uint8Array(body) });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}
