import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AttemptRecord } from './attempt-log.ts';
import { type BedrockOptions, createBedrock } from './bedrock.ts';
import type { FaultStatus } from './fault-store.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'eu-central-1';

export type TestBedrock = Awaited<ReturnType<typeof startTestBedrock>>;

/** A simulator behind an HTTP/1.1 and an h2c server, with a real SDK client for each and the simulator's own URLs. For tests. */
export async function startTestBedrock(options: Partial<BedrockOptions> = {}) {
  const logged: string[] = [];
  const bedrock = createBedrock({ log: (line) => logged.push(line), modelServers: {}, ...options });
  const listener = (request: IncomingMessage, response: ServerResponse) => void route(request, response);
  const http1 = createServer(listener);
  const http2 = createHttp2Server((request, response) =>
    listener(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  const sockets = new Set<Socket>();
  for (const server of [http1, http2]) server.on('connection', (socket: Socket) => sockets.add(socket));
  const [http1Url, http2Url] = [await listen(http1), await listen(http2)];
  const overHttp1 = new BedrockRuntimeClient({
    endpoint: http1Url,
    region,
    credentials,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler(),
  });
  const overHttp2 = new BedrockRuntimeClient({ endpoint: http2Url, region, credentials, maxAttempts: 1 });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    if (path.startsWith('/_simulator') && (await bedrock.admin(request, response, path.slice('/_simulator'.length)))) return;
    const service = path.startsWith('/openai/') ? bedrock.openAi : path.startsWith('/endpoints/') ? bedrock.sageMaker : bedrock.service;
    await service.handle(request, response, { region, accessKeyId: 'test' });
  }

  async function admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${http1Url}/_simulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  const attempts = async () => (await admin('GET', '/attempts')).body.attempts as AttemptRecord[];

  return {
    logged,
    http1Url,
    admin,
    clients: { 'HTTP/1.1': overHttp1, 'HTTP/2': overHttp2 },
    setFault: (modelId: string, fault: Record<string, unknown>) => admin('PUT', `/faults/${encodeURIComponent(modelId)}`, fault),
    faults: async () => (await admin('GET', '/faults')).body.faults as FaultStatus[],
    attempts,
    /** Waits until no call is under way: an open call's duration grows. */
    async untilIdle() {
      const durations = async () => JSON.stringify((await attempts()).map(({ durationMs }) => durationMs));
      await until(async () => {
        const before = await durations();
        await pausing(30);
        return before === (await durations());
      });
    },
    async reset() {
      await admin('DELETE', '/faults');
      await admin('DELETE', '/attempts');
    },
    async stop() {
      bedrock.stop();
      overHttp1.destroy();
      overHttp2.destroy();
      // Destroying an HTTP/2 session is not enough: with an answer the client never read, its server does not close.
      for (const socket of sockets) socket.destroy();
      await Promise.all([close(http1), close(http2)]);
    },
  };
}

/** Waits for a condition; fails when it does not come true in 5 s. For tests. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true in 5 s');
    await pausing(10);
  }
}

function pausing(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function listen(server: Server | Http2Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server | Http2Server): Promise<void> {
  return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
}
