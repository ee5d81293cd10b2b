import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdminApi } from '../chaos/chaos-api.ts';
import type { Interfere } from '../chaos/interfere.ts';
import { OPENAI_PREFIX } from '../openai/openai-server.ts';
import { type AwsCall, AwsError, type AwsService, type Log, notImplemented, type StreamingService } from '../service.ts';
import { type AwsScope, readAwsScope } from './aws-scope.ts';
import { errorReply } from './error-reply.ts';
import { operationName } from './operation-name.ts';
import { ClientGoneError, MAX_BODY_BYTES, readBody } from './read-body.ts';
import { writeJson, writeReply } from './write-reply.ts';

export type RouterOptions = {
  services: readonly AwsService[];
  bedrock: StreamingService;
  sageMaker: StreamingService;
  /** Everything below its prefix that is not signed. */
  openAi: StreamingService;
  /** Everything that is neither an AWS call nor for the simulator. */
  restApi: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Asked in order for paths under `/_simulator`. */
  admin: readonly AdminApi[];
  /** Stands between every AWS call and its service: counts it, and lets faults strike. */
  interfere: Interfere;
  log: Log;
};

const SIMULATOR_PREFIX = '/_simulator';

/** Sends each request of the one port where it belongs. Whatever a service throws becomes an answer; the process goes on. */
export function createRouter(options: RouterOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const services = new Map(options.services.map((service) => [service.name, service]));
  return (request, response) => {
    route({ request, response, services, options }).catch((error: unknown) => answerFailure(error, response, options.log));
  };
}

type Routing = { request: IncomingMessage; response: ServerResponse; services: Map<string, AwsService>; options: RouterOptions };

async function route(routing: Routing): Promise<void> {
  const { request, response, options } = routing;
  const url = request.url ?? '/';
  if (isSimulatorPath(url)) return callSimulator(routing, url);
  const { authorization } = request.headers;
  const scope = readAwsScope({ authorization, url });
  if (scope?.service === 'bedrock') return callStreaming(routing, options.bedrock, scope);
  if (scope?.service === 'sagemaker') return callStreaming(routing, options.sageMaker, scope);
  if (scope && scope.service !== 'execute-api') return callService(routing, scope);
  if (url.startsWith(OPENAI_PREFIX)) return options.openAi.handle(request, response, { region: '', accessKeyId: '' });
  if (/^\/(model|guardrail)\//.test(url) && authorization?.startsWith('Bearer ')) {
    return callStreaming(routing, options.bedrock, { service: 'bedrock', region: '', accessKeyId: '' });
  }
  return options.restApi(request, response);
}

async function callService({ request, response, services, options }: Routing, scope: AwsScope): Promise<void> {
  const body = isTooLarge(request) ? undefined : await readBody(request);
  if (body === undefined) return writeReply(response, errorReply(scope.service, tooLarge()));
  const call = toCall(request, scope, body);
  const handle = async () => {
    const service = services.get(scope.service);
    if (!service) throw notImplemented(scope.service, operationName(call));
    return service.handle(call);
  };
  const interference = await options.interfere.aroundCall({ call, response, handle: () => answerErrors(call, handle, options.log) });
  if (interference.kind === 'answer') writeReply(response, interference.reply);
}

async function answerErrors(call: AwsCall, handle: () => ReturnType<AwsService['handle']>, log: Log): ReturnType<AwsService['handle']> {
  try {
    return await handle();
  } catch (error) {
    const shown = error instanceof AwsError ? error : unexpected(error);
    if (shown.status === 501) log({ source: call.service, level: 'error', message: shown.message });
    if (!(error instanceof AwsError))
      log({ source: call.service, level: 'error', message: `${operationName(call)} failed: ${describe(error)}` });
    return errorReply(call.service, shown);
  }
}

async function callStreaming({ request, response, options }: Routing, service: StreamingService, scope: AwsScope): Promise<void> {
  if (isTooLarge(request)) return writeReply(response, tooLarge().toReply());
  const call = toCall(request, scope, Buffer.alloc(0));
  const interference = await options.interfere.beforeStream({ call, response });
  if (interference.kind === 'pass') return service.handle(request, response, scope);
  request.resume();
  if (interference.kind === 'answer') writeReply(response, interference.reply);
}

async function callSimulator({ request, response, options }: Routing, url: string): Promise<void> {
  const path = new URL(url, 'http://simulator').pathname.slice(SIMULATOR_PREFIX.length);
  for (const api of options.admin) if (await api(request, response, path)) return;
  writeJson(response, 404, { message: `The simulator has no ${request.method} ${SIMULATOR_PREFIX}${path}.` });
}

function toCall(request: IncomingMessage, scope: AwsScope, body: Buffer): AwsCall {
  const target = request.headers['x-amz-target'];
  const operation = typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : '';
  return { ...scope, operation, method: request.method ?? 'GET', url: request.url ?? '/', headers: request.headers, body };
}

function isSimulatorPath(url: string): boolean {
  return url.startsWith(SIMULATOR_PREFIX) && ['/', '?', ''].includes(url.charAt(SIMULATOR_PREFIX.length));
}

function isTooLarge(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES;
}

function tooLarge(): AwsError {
  return new AwsError({ code: 'RequestEntityTooLarge', message: `The body is larger than ${MAX_BODY_BYTES} bytes.`, status: 413 });
}

function unexpected(error: unknown): AwsError {
  const message = error instanceof Error ? error.message : String(error);
  return new AwsError({ code: 'InternalFailure', message: `The embedded stack failed: ${message}`, status: 500 });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function answerFailure(error: unknown, response: ServerResponse, log: Log): void {
  if (error instanceof ClientGoneError) return;
  log({ source: 'http', level: 'error', message: describe(error) });
  if (response.headersSent) return void response.destroy();
  writeReply(response, unexpected(error).toReply());
}
