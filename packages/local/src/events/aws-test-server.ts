import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeReply } from '../http/write-reply.ts';
import { AwsError, type AwsService } from '../service.ts';

/** For tests: one service on a port of its own, so that real SDK clients can be pointed at it. */
export async function startAwsTestServer(service: AwsService): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const call = {
      service: service.name,
      operation: String(request.headers['x-amz-target'] ?? '').replace(/^.*\./, ''),
      region: 'eu-west-1',
      accessKeyId: 'TEST',
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      headers: request.headers,
      body: await readBody(request),
    };
    const reply = await service.handle(call).catch((error: unknown) => {
      if (error instanceof AwsError) return error.toReply();
      throw error;
    });
    writeReply(response, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
