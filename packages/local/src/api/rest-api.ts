import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { breakOff } from '../http/break-off.ts';
import type { Invoke, InvokeError, InvokeResult, InvokeStream } from '../lambda/function-definition.ts';
import type { Log } from '../service.ts';
import { type GatewayErrorType, gatewayError } from './gateway-errors.ts';
import { readBody } from './read-body.ts';
import { type ProxyResponse, readProxyResponse } from './read-proxy-response.ts';
import { createRouteTable, type Route, type RouteMatch } from './route-table.ts';
import { type StreamLimits, sendStream } from './send-stream.ts';
import { toProxyEvent } from './to-proxy-event.ts';

export type RestApi = {
  addRoute(route: Route): void;
  /** The answers of this method and path are streamed, whether its route is there already or comes later. */
  streamRoute(route: { method: string; path: string }): void;
  /** Answers every request; never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
};

type Options = {
  invoke: Invoke;
  invokeStream: InvokeStream;
  region: string;
  accountId: string;
  stage: string;
  log: Log;
  integrationTimeoutMs?: number;
  streamLimits?: StreamLimits;
};

/** The limits of a REST API. */
const MAX_BODY_BYTES = 10_485_760;
const MAX_HEADER_BYTES = 10_240;
const INTEGRATION_TIMEOUT_MS = 29_000;
/** Of answers that stream: altogether, and without a byte at a regional endpoint. */
const STREAM_LIMITS = { totalMs: 15 * 60_000, idleMs: 5 * 60_000 };
/** For the rest of a body that is refused. */
const LINGER_MS = 2_000;

/** `done`: the answer has gone its own way. */
type Answer = ProxyResponse | GatewayErrorType | { kind: 'done' };
type Exchange = { request: IncomingMessage; response: ServerResponse; requestId: string; path: string };

/** A REST API with Lambda proxy integrations, buffered or streamed. Not emulated: authorizers, models, API keys, caching. */
export function createRestApi(options: Options): RestApi {
  const routes = createRouteTable();
  const streamed = new Set<string>();
  const api = { accountId: options.accountId, region: options.region, stage: options.stage, apiId: 'local' };

  const answer = async (exchange: Exchange): Promise<Answer> => {
    const { request, requestId, path } = exchange;
    const headerBytes = request.rawHeaders.reduce((total, text) => total + Buffer.byteLength(text), 0);
    if (headerBytes > MAX_HEADER_BYTES) return 'HEADERS_TOO_LARGE';
    const match = findRoute(exchange);
    if (typeof match === 'string') return match;
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined) return 'REQUEST_TOO_LARGE';
    const event = toProxyEvent({ request, match, body, requestId, nowMs: Date.now(), api });
    const { functionName, isStreamed, method, path: resource } = match.route;
    const what = `${request.method} ${path} (${functionName})`;
    if (isStreamed || streamed.has(`${method} ${resource}`)) return stream(exchange, { functionName, payload: event }, what);
    const result = await withTimeout(
      options.invoke({ functionName, payload: event, kind: 'call' }),
      options.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS,
    );
    return result === undefined ? 'INTEGRATION_TIMEOUT' : readResult(result, what);
  };
  const findRoute = ({ request, path }: Exchange): RouteMatch | GatewayErrorType => {
    try {
      return routes.match(request.method ?? 'GET', path) ?? 'MISSING_AUTHENTICATION_TOKEN';
    } catch (error) {
      if (error instanceof URIError) return 'BAD_PATH';
      throw error;
    }
  };
  // The reason is for the operator; clients get what API Gateway would say.
  const fail = (what: string, reason: string, result?: InvokeError): GatewayErrorType => {
    const isThrottled = result?.fault === 'throttled';
    const message = isThrottled ? `${what} was throttled: ${result.message}` : `${what} gave no usable answer: ${reason}`;
    options.log({ level: isThrottled ? 'warn' : 'error', source: 'rest-api', message });
    return isThrottled ? 'INTEGRATION_FAILURE' : 'DEFAULT_5XX';
  };
  const readResult = (result: InvokeResult, what: string): Answer => {
    if (result.kind === 'error') return fail(what, `${result.fault}: ${result.errorType}: ${result.message}`, result);
    const response = readProxyResponse(result.payload);
    return typeof response === 'string' ? fail(what, response) : response;
  };
  const stream = async ({ response, requestId }: Exchange, call: Parameters<InvokeStream>[0], what: string): Promise<Answer> => {
    const { answer } = await options.invokeStream(call);
    const outcome = await sendStream({ answer, response, requestId, limits: options.streamLimits ?? STREAM_LIMITS });
    if (outcome.kind === 'late') return 'INTEGRATION_TIMEOUT';
    if (outcome.kind === 'unanswered') return fail(what, outcome.reason, outcome.result);
    if (outcome.kind === 'broken')
      options.log({ level: 'error', source: 'rest-api', requestId, message: `${what} broke off its answer: ${outcome.reason}` });
    return { kind: 'done' };
  };

  return {
    addRoute: (route) => routes.add(route),
    streamRoute: ({ method, path }) => void streamed.add(`${method} ${path}`),
    async handle(request, response) {
      const exchange: Exchange = { request, response, requestId: randomUUID(), path: (request.url ?? '/').split('?')[0] ?? '/' };
      const answered = await answer(exchange).catch((error: unknown): Answer => {
        options.log({
          level: 'error',
          source: 'rest-api',
          requestId: exchange.requestId,
          message: `${request.method} ${exchange.path} failed: ${String(error)}`,
        });
        return 'DEFAULT_5XX';
      });
      if (typeof answered === 'object' && 'kind' in answered) return;
      // An error of our own in the middle of a stream: no answer any more, but the client must not take it for whole.
      if (response.headersSent) return breakOff(response);
      send(response, exchange, typeof answered === 'string' ? gatewayError(answered, exchange.requestId) : answered);
    },
  };
}

function send(response: ServerResponse, { request, requestId }: Exchange, { status, headers, body }: ProxyResponse): void {
  // The client may have hung up meanwhile; there is nobody to answer then.
  if (response.destroyed || response.headersSent) return;
  for (const [name, values] of Object.entries(headers)) response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  response.setHeader('x-amzn-requestid', requestId);
  if (!headers['content-type']) response.setHeader('content-type', 'application/json');
  const content = request.method === 'HEAD' ? Buffer.alloc(0) : body;
  if (request.complete) response.writeHead(status).end(content);
  else sendEarly({ request, response, status, content });
}

/**
 * Answers a request whose body still comes. It is read away, or it would be taken for the next request of the connection; and for a while the
 * connection stays open for it, or a client that is still sending would see that break and not the answer.
 */
function sendEarly(exchange: { request: IncomingMessage; response: ServerResponse; status: number; content: Buffer }): void {
  const { request, response, status, content } = exchange;
  if (request.httpVersionMajor === 1) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-length': content.length }).write(content);
  const timer = setTimeout(() => response.end(), LINGER_MS);
  const end = () => {
    clearTimeout(timer);
    response.end();
  };
  request.once('end', end).once('close', end).resume();
}

/** Undefined when the time is over first; the work goes on, as on AWS. */
async function withTimeout<Value>(work: Promise<Value>, ms: number): Promise<Value | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, ms, undefined);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
