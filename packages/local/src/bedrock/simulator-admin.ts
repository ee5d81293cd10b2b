import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AttemptLog } from './attempt-log.ts';
import { BedrockError } from './bedrock-error.ts';
import type { FaultStore } from './fault-store.ts';
import { readJsonBody } from './read-body.ts';

type Reply = { status: number; body: Record<string, unknown>; headers?: Record<string, string> };
type Parts = { faults: FaultStore; attempts: AttemptLog; log: (line: string) => void };

/** Answers the simulator's own URLs, `path` being what follows its prefix; false for a path that is not one of them. */
export function createSimulatorAdmin(parts: Parts) {
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> => {
    const [pathname = ''] = path.split('?', 1);
    const { searchParams } = new URL(request.url ?? '/', 'http://simulator');
    if (!/^\/(faults(\/.*)?|attempts)\/?$/.test(pathname)) return false;
    const { status, body, headers } = await answer(parts, request, { pathname, synthetic: searchParams.get('synthetic') === 'true' });
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
    return true;
  };
}

async function answer(
  parts: Parts,
  request: IncomingMessage,
  { pathname, synthetic }: { pathname: string; synthetic: boolean },
): Promise<Reply> {
  const method = request.method ?? 'GET';
  if (pathname.startsWith('/attempts')) return answerAttempts(parts, method, synthetic);
  const id = pathname.slice('/faults/'.length);
  if (id === '') return answerFaults(parts, method);
  const modelId = decode(id);
  if (modelId === undefined) return problem(400, `The model id '${id}' is not URL-encoded properly.`);
  return answerFault(parts, request, method, modelId);
}

function answerAttempts({ attempts }: Parts, method: string, synthetic: boolean): Reply {
  if (method === 'GET') return { status: 200, body: { attempts: attempts.list({ synthetic }) } };
  if (method !== 'DELETE') return notAllowed(method, ['GET', 'DELETE']);
  attempts.clear();
  return { status: 200, body: { attempts: [] } };
}

function answerFaults({ faults, log }: Parts, method: string): Reply {
  if (method === 'GET') return { status: 200, body: { faults: faults.list() } };
  if (method === 'PUT') return problem(400, 'Name the model: PUT …/faults/{model id, URL-encoded}.');
  if (method !== 'DELETE') return notAllowed(method, ['GET', 'DELETE']);
  const cleared = faults.clear();
  log(`bedrock: ${cleared} fault(s) cleared`);
  return { status: 200, body: { cleared } };
}

async function answerFault(parts: Parts, request: IncomingMessage, method: string, modelId: string): Promise<Reply> {
  const { faults, log } = parts;
  if (method === 'PUT') return putFault(parts, request, modelId);
  if (method === 'DELETE') {
    const cleared = faults.clear(modelId);
    log(`bedrock: ${cleared} fault(s) of ${modelId} cleared`);
    return { status: 200, body: { cleared } };
  }
  if (method !== 'GET') return notAllowed(method, ['GET', 'PUT', 'DELETE']);
  const found = faults.list().find((fault) => fault.modelId === modelId);
  return found ? { status: 200, body: found } : problem(404, `There is no fault of '${modelId}'.`);
}

async function putFault({ faults, log }: Parts, request: IncomingMessage, modelId: string): Promise<Reply> {
  const read = await readJsonBody(request).catch((error: unknown) => {
    if (error instanceof BedrockError) return error;
    throw error;
  });
  if (read instanceof BedrockError) return problem(400, read.message);
  const result = faults.set(modelId, read);
  if ('problem' in result) return problem(400, `This is not a fault: ${result.problem}`);
  log(`bedrock: fault of ${modelId}: ${JSON.stringify(read)}`);
  return { status: 200, body: result.status };
}

function problem(status: number, message: string): Reply {
  return { status, body: { message } };
}

function notAllowed(method: string, allowed: string[]): Reply {
  return { ...problem(405, `${method} is not allowed here; allowed: ${allowed.join(', ')}.`), headers: { allow: allowed.join(', ') } };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
