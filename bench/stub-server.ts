// The process that stands for AWS: answers without delay over HTTP/1.1, HTTP/2 in clear text and TLS, and counts what it sees.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createClearHttp2Server, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';
import { replyTo } from './stub-replies.ts';

/** What the stub saw since it was last asked. */
export type StubCounts = {
  /** Calls by operation. */
  calls: Record<string, number>;
  handshakes: number;
  /** When the first answer of a model was sent, milliseconds since the epoch. */
  firstModelAnswerAt?: number;
};
export type StubAddress = { http1Url: string; http2Url: string; tlsUrl: string; certificate: string };

const IDLE_MS = 600_000;
let counts: StubCounts = { calls: {}, handshakes: 0 };

const certificate = createSelfSignedCertificate({ name: 'localhost', validDays: 2 });
const http1 = createServer({ keepAliveTimeout: IDLE_MS }, answer);
const http2 = createClearHttp2Server(answer);
const tls = createSecureServer({ key: certificate.privateKey, cert: certificate.certificate, allowHTTP1: true }, answer);
tls.on('secureConnection', () => {
  counts.handshakes += 1;
});

process.on('message', () => {
  process.send?.(counts);
  counts = { calls: {}, handshakes: 0 };
});
process.on('disconnect', () => process.exit());
const [http1Port, http2Port, tlsPort] = await Promise.all([http1, http2, tls].map(listen));
process.send?.({
  http1Url: `http://127.0.0.1:${http1Port}`,
  http2Url: `http://127.0.0.1:${http2Port}`,
  tlsUrl: `https://localhost:${tlsPort}`,
  certificate: certificate.certificate,
} satisfies StubAddress);

function answer(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const target = request.headers['x-amz-target'];
    const path = request.url ?? '';
    const body = () => Buffer.concat(chunks).toString('utf8');
    const reply = replyTo({ path, target: typeof target === 'string' ? target : undefined, body });
    const name = reply?.name ?? `unknown: ${request.method} ${target ?? path}`;
    counts.calls[name] = (counts.calls[name] ?? 0) + 1;
    if (/^Converse/.test(name)) counts.firstModelAnswerAt ??= performance.timeOrigin + performance.now();
    response.statusCode = reply ? 200 : 501;
    response.setHeader('content-type', reply?.contentType ?? 'text/plain');
    response.setHeader('content-length', Buffer.byteLength(reply?.body ?? ''));
    for (const [header, value] of Object.entries(reply?.headers ?? {})) response.setHeader(header, value);
    response.end(reply?.body ?? '');
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port)));
}
