import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Invoke, InvokeResult } from '../lambda/function-definition.ts';
import type { Log } from '../service.ts';
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

/**
 * Errors that API Gateway itself answers, in the shape that the template's GatewayResponses give them: OpenAI's error
 * object with `code` and `request_id`. A bare REST API would answer an unknown route, and a known path with another method,
 * with 403 "Missing Authentication Token"; the template's response for MISSING_AUTHENTICATION_TOKEN makes it this 404.
 */
const ERRORS = {
  not_found: { status: 404, type: 'invalid_request_error' },
  bad_path: { status: 400, type: 'invalid_request_error' },
  request_too_large: { status: 413, type: 'invalid_request_error' },
  headers_too_large: { status: 431, type: 'invalid_request_error' },
  bad_gateway: { status: 502, type: 'server_error' },
  gateway_timeout: { status: 504, type: 'server_error' },
} as const;

type ErrorCode = keyof typeof ERRORS;
type Answer = ProxyResponse | { code: ErrorCode; message: string };
type Exchange = { request: IncomingMessage; requestId: string; path: string };

/** A REST API with Lambda proxy integrations, buffered. Not emulated: authorizers, models, API keys, caching, streaming. */
export function createRestApi(options: Options): RestApi {
  const routes = createRouteTable();
  const api = { accountId: options.accountId, region: options.region, stage: options.stage, apiId: 'local' };

  const answer = async (exchange: Exchange): Promise<Answer> => {
    const { request, requestId, path } = exchange;
    const headerBytes = request.rawHeaders.reduce((total, text) => total + Buffer.byteLength(text), 0);
    if (headerBytes > MAX_HEADER_BYTES)
      return { code: 'headers_too_large', message: `The headers have ${headerBytes} bytes; ${MAX_HEADER_BYTES} are allowed.` };
    const match = findRoute(exchange);
    if ('code' in match) return match;
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined)
      return {
        code: 'request_too_large',
        message: `The body is larger than ${MAX_BODY_BYTES} bytes; upload it first and send a reference.`,
      };
    const event = toProxyEvent({ request, match, body, requestId, nowMs: Date.now(), api });
    const { functionName } = match.route;
    const result = await withTimeout(
      options.invoke({ functionName, payload: event, kind: 'request' }),
      options.integrationTimeoutMs ?? INTEGRATION_TIMEOUT_MS,
    );
    if (result === undefined)
      return { code: 'gateway_timeout', message: `No answer to ${request.method} ${path} in time; the work may go on.` };
    return readResult(result, `${request.method} ${path} (${functionName})`);
  };
  const findRoute = ({ request, path }: Exchange): RouteMatch | { code: ErrorCode; message: string } => {
    try {
      const match = routes.match(request.method ?? 'GET', path);
      return (
        match ?? {
          code: 'not_found',
          message: `No such route: ${request.method} ${path}.`,
        }
      );
    } catch (error) {
      if (error instanceof URIError)
        return { code: 'bad_path', message: `The path ${path} is not well-formed: a % must be followed by two hexadecimal digits.` };
      throw error;
    }
  };
  const readResult = (result: InvokeResult, what: string): Answer => {
    const problem = result.kind === 'error' ? `${result.fault}: ${result.errorType}: ${result.message}` : readProxyResponse(result.payload);
    if (typeof problem !== 'string') return problem;
    // The reason is for the operator; clients get what API Gateway would say.
    options.log({ level: 'error', source: 'rest-api', message: `${what} gave no usable answer: ${problem}` });
    return { code: 'bad_gateway', message: 'The service failed to answer. Try again; report the request id if it keeps failing.' };
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
        return { code: 'bad_gateway', message: 'The gateway failed. Try again; report the request id if it keeps failing.' };
      });
      send(response, exchange, 'code' in answered ? errorResponse(answered, exchange.requestId) : answered);
    },
  };
}

function errorResponse({ code, message }: { code: ErrorCode; message: string }, requestId: string): ProxyResponse {
  const { status, type } = ERRORS[code];
  const body = Buffer.from(JSON.stringify({ error: { message, type, code, param: null, request_id: requestId } }));
  return { status, headers: { 'content-type': ['application/json'] }, body };
}

function send(response: ServerResponse, { request, requestId }: Exchange, { status, headers, body }: ProxyResponse): void {
  // The client may have hung up meanwhile; there is nobody to answer then.
  if (response.destroyed || response.headersSent) return;
  for (const [name, values] of Object.entries(headers)) response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  response.setHeader('x-amzn-requestid', requestId);
  if (!headers['content-type']) response.setHeader('content-type', 'application/json');
  // A body left unread would be taken for the next request of the connection.
  if (!request.complete) {
    if (request.httpVersionMajor === 1) response.setHeader('connection', 'close');
    request.resume();
  }
  response.writeHead(status).end(request.method === 'HEAD' ? undefined : body);
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
