import type { Readable } from 'node:stream';
import type { FreshConnectionHandler } from '../fresh-connection-handler.ts';

/** A reply that has begun: its headers are here, its body is still to be read. */
export type HttpReply = { status: number; headers: Record<string, string | undefined>; body: Readable };

export type JsonPost = {
  handler: FreshConnectionHandler;
  /** With the path and any query of the server's own. */
  url: URL;
  headers: Record<string, string>;
  body: object;
  signal: AbortSignal;
};

type TransportRequest = Parameters<FreshConnectionHandler['handle']>[0];

/** Posts JSON over a kept-alive connection; resolves when the headers of the reply are here. Throws what the connection throws. */
export async function postJson({ handler, url, headers, body, signal }: JsonPost): Promise<HttpReply> {
  const bytes = Buffer.from(JSON.stringify(body));
  const request = {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port && { port: Number(url.port) }),
    path: `${url.pathname}${url.search}`,
    query: {},
    headers: { host: url.host, 'content-type': 'application/json', 'content-length': String(bytes.length), ...headers },
    body: bytes,
  };
  // The SDK's transport reads these fields and none of its class.
  const { response } = await handler.handle(request as unknown as TransportRequest, { abortSignal: signal });
  return { status: response.statusCode, headers: response.headers, body: response.body as Readable };
}
