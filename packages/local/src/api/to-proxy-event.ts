import type { IncomingMessage } from 'node:http';
import type { RouteMatch } from './route-table.ts';

/** The event of a REST API's Lambda proxy integration (payload version 1). */
export type ProxyEvent = {
  resource: string;
  path: string;
  httpMethod: string;
  headers: Record<string, string>;
  multiValueHeaders: Record<string, string[]>;
  queryStringParameters: Record<string, string> | null;
  multiValueQueryStringParameters: Record<string, string[]> | null;
  pathParameters: Record<string, string> | null;
  stageVariables: null;
  requestContext: Record<string, unknown>;
  body: string | null;
  isBase64Encoded: boolean;
};

export type ApiIdentity = { accountId: string; region: string; stage: string; apiId: string };

/** Headers of one connection, which API Gateway does not pass on. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te', 'trailer']);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Makes the event that a handler behind API Gateway gets. Bodies that are not UTF-8 text arrive as base64. */
export function toProxyEvent(input: {
  request: IncomingMessage;
  match: RouteMatch;
  body: Buffer;
  requestId: string;
  nowMs: number;
  api: ApiIdentity;
}): ProxyEvent {
  const { request, match, body, requestId } = input;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const multiValueHeaders = readHeaders(request);
  const multiValueQuery = group([...url.searchParams]);
  const { route, pathParameters } = match;
  return {
    resource: route.path,
    path: url.pathname,
    httpMethod: request.method ?? 'GET',
    headers: lastOfEach(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: orNull(lastOfEach(multiValueQuery)),
    multiValueQueryStringParameters: orNull(multiValueQuery),
    pathParameters: orNull(pathParameters),
    stageVariables: null,
    requestContext: requestContext({ ...input, path: url.pathname, requestId }),
    ...encodeBody(body),
  };
}

function requestContext({ request, match, requestId, nowMs, api, path }: Parameters<typeof toProxyEvent>[0] & { path: string }) {
  return {
    accountId: api.accountId,
    apiId: api.apiId,
    domainName: request.headers.host ?? '',
    domainPrefix: request.headers.host?.split(/[.:]/)[0] ?? '',
    extendedRequestId: requestId,
    httpMethod: request.method ?? 'GET',
    identity: {
      accessKey: null,
      accountId: null,
      apiKey: null,
      caller: null,
      cognitoAuthenticationProvider: null,
      cognitoAuthenticationType: null,
      cognitoIdentityId: null,
      cognitoIdentityPoolId: null,
      principalOrgId: null,
      sourceIp: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '127.0.0.1',
      user: null,
      userAgent: request.headers['user-agent'] ?? null,
      userArn: null,
    },
    path: `/${api.stage}${path}`,
    protocol: `HTTP/${request.httpVersion}`,
    requestId,
    requestTime: commonLogTime(nowMs),
    requestTimeEpoch: nowMs,
    resourceId: match.route.path,
    resourcePath: match.route.path,
    stage: api.stage,
  };
}

/** By the names the client wrote, as REST APIs pass them, with what API Gateway adds. */
function readHeaders(request: IncomingMessage): Record<string, string[]> {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    if (!name.startsWith(':') && !HOP_BY_HOP.has(name.toLowerCase())) pairs.push([name, request.rawHeaders[index + 1] ?? '']);
  }
  const added = {
    'X-Forwarded-For': request.socket.remoteAddress?.replace(/^::ffff:/, ''),
    'X-Forwarded-Proto': 'http',
    'X-Forwarded-Port': String(request.socket.localPort ?? ''),
  };
  for (const [name, value] of Object.entries(added))
    if (value !== undefined && request.headers[name.toLowerCase()] === undefined) pairs.push([name, value]);
  return group(pairs);
}

function group(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

function lastOfEach(groups: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1) ?? '']));
}

function orNull<Values extends object>(values: Values): Values | null {
  return Object.keys(values).length === 0 ? null : values;
}

function encodeBody(body: Buffer): { body: string | null; isBase64Encoded: boolean } {
  if (body.length === 0) return { body: null, isBase64Encoded: false };
  try {
    return { body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body), isBase64Encoded: false };
  } catch (error) {
    if (error instanceof TypeError) return { body: body.toString('base64'), isBase64Encoded: true };
    throw error;
  }
}

/** `21/Sep/2026:15:33:20 +0000`. */
function commonLogTime(ms: number): string {
  const [date = '', time = ''] = new Date(ms).toISOString().split(/T|\./);
  const [year, month, day] = date.split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
