import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type AwsCall = { method: string; path: string; query: URLSearchParams; headers: IncomingHttpHeaders; body: string };
/** What the server answers; `hang` keeps the connection open and says nothing. */
export type AwsAnswer = { status?: number; headers?: Record<string, string>; body?: string } | 'hang';

/** A stand-in for AWS on the loopback interface, for tests that send real SDK requests. Sets the environment that SDK clients read. */
export async function startAwsServer(answer: (call: AwsCall) => AwsAnswer | Promise<AwsAnswer>): Promise<{ close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
    const call = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers };
    const given = await answer({ ...call, body: Buffer.concat(chunks).toString('utf8') });
    if (given !== 'hang') response.writeHead(given.status ?? 200, given.headers).end(given.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  return {
    close() {
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

/** An answer of a JSON protocol. */
export function jsonAnswer(value: unknown, status = 200): AwsAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(value) };
}
