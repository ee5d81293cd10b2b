import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Invoke, InvokeResult } from '../lambda/function-definition.ts';
import type { Log } from '../service.ts';
import { type GatewayErrorType, gatewayError } from './gateway-errors.ts';
import { readBody } from './read-body.ts';
import { type ProxyResponse, readProxyResponse } from './read-proxy-response.ts';
import { createRouteTable, type Route, type RouteMatch } from './route-table.ts';
import { toProxyEvent } from './to-proxy-event.ts';

export type RestApi = {
  addRoute(route: Route): void;
  /** Answers every request; never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
};

type Options = { invoke: Invoke; region: string; accountId: string; stage: string; log: Log; integrationTimeoutMs?: number };

/** The limits of a REST API. */
const MAX_BODY_BYTES = 10_485_760;
const MAX_HEADER_BYTES = 10_240;
const INTEGRATION_TIMEOUT_MS = 29_000;
/** For the rest of a body that is refused. */
const LINGER_MS = 2_000;

type Answer = ProxyResponse | GatewayErrorType;
type Exchange = { request: IncomingMessage; requestId: string; path: string };

/** A REST API with Lambda proxy integrations, buffered. Not emulated: authorizers, models, API keys, caching, streaming. */
export function createRestApi(options: Options): RestApi {
  const routes = createRouteTable();
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
    const { functionName } = match.route;
    const result = await withTimeout(
      options.invoke({ functionName, payload: event, kind: 'call' }),
      options.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS,
    );
    return result === undefined ? 'INTEGRATION_TIMEOUT' : readResult(result, `${request.method} ${path} (${functionName})`);
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
  const readResult = (result: InvokeResult, what: string): Answer => {
    if (result.kind === 'error' && result.fault === 'throttled') {
      options.log({ level: 'warn', source: 'rest-api', message: `${what} was throttled: ${result.message}` });
      return 'INTEGRATION_FAILURE';
    }
    const problem = result.kind === 'error' ? `${result.fault}: ${result.errorType}: ${result.message}` : readProxyResponse(result.payload);
    if (typeof problem !== 'string') return problem;
    options.log({ level: 'error', source: 'rest-api', message: `${what} gave no usable answer: ${problem}` });
    return 'DEFAULT_5XX';
  };

  return {
    addRoute: (route) => routes.add(route),
    async handle(request, response) {
      const exchange: Exchange = { request, requestId: randomUUID(), path: (request.url ?? '/').split('?')[0] ?? '/' };
      const answered = await answer(exchange).catch((error: unknown): Answer => {
        options.log({
          level: 'error',
          source: 'rest-api',
          requestId: exchange.requestId,
          message: `${request.method} ${exchange.path} failed: ${String(error)}`,
        });
        return 'DEFAULT_5XX';
      });
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
