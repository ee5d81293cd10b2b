import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { replyTo } from './stub-replies.ts';

/** What is wrong with a model: `blackHole` takes the request and never answers, `reset` breaks the connection. */
export const FAULTS = ['error503', 'throttle429', 'blackHole', 'reset'] as const;
export type FaultName = (typeof FAULTS)[number];

export type FaultyModels = {
  url: string;
  /** From now on with this model, by its id; undefined for none. */
  set: (modelId: string, fault: FaultName | undefined) => void;
  /** Calls since they were last forgotten: when each came, and when it was answered, by `performance.now()`. */
  calls: ModelVisit[];
  stop: () => Promise<void>;
};
export type ModelVisit = { modelId: string; cameAt: number; answeredAt: number };

/** Models over HTTP in this process: each answers at once, or has the fault that it is given. */
export async function startFaultyModels(): Promise<FaultyModels> {
  const faults = new Map<string, FaultName>();
  const calls: ModelVisit[] = [];
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    const [, modelId = ''] = /^\/model\/(.+)\/converse/.exec(path) ?? [];
    const visit = { modelId, cameAt: performance.now(), answeredAt: Number.NaN };
    calls.push(visit);
    request.resume();
    request.on('end', () => {
      answer(response, path, faults.get(modelId));
      visit.answeredAt = performance.now();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set(modelId, fault) {
      if (fault) faults.set(modelId, fault);
      else faults.delete(modelId);
    },
    calls,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, path: string, fault: FaultName | undefined): void {
  const reply = fault ? undefined : replyTo({ path, target: undefined, body: () => '' });
  // One that never answers leaves the connection open until the caller gives up.
  if (fault === 'blackHole') return;
  if (fault === 'reset') response.socket?.resetAndDestroy();
  else if (fault === 'error503') refuse(response, 503, 'ServiceUnavailableException');
  else if (fault === 'throttle429') refuse(response, 429, 'ThrottlingException');
  else if (!reply) refuse(response, 501, 'UnknownOperationException');
  else {
    response.writeHead(200, { 'content-type': reply.contentType });
    response.end(reply.body);
  }
}

function refuse(response: ServerResponse, status: number, type: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ message: `${type} for the benchmark` }));
}
