import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listenAsAws } from './listen-as-aws.ts';

export type AwsCall = { method: string; path: string; query: URLSearchParams; headers: IncomingHttpHeaders; body: string };
/** What the server answers; `hang` keeps the connection open and says nothing. */
export type AwsAnswer = { status?: number; headers?: Record<string, string>; body?: string } | 'hang';

/** A stand-in for AWS on the loopback interface, for tests that send real SDK requests. */
export async function startAwsServer(answer: (call: AwsCall) => AwsAnswer | Promise<AwsAnswer>): Promise<{ close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
    const call = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers };
    const given = await answer({ ...call, body: Buffer.concat(chunks).toString('utf8') });
    if (given !== 'hang') response.writeHead(given.status ?? 200, given.headers).end(given.body);
  });
  return listenAsAws(server);
}

/** An answer of a JSON protocol. */
export function jsonAnswer(value: unknown, status = 200): AwsAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(value) };
}
