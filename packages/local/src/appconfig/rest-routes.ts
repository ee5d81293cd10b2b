import type { AwsCall, AwsReply } from '../service.ts';
import { AppConfigError, badRequest } from './app-config-error.ts';

export type RestRequest = { call: AwsCall; path: Record<string, string>; query: URLSearchParams; json: () => Record<string, unknown> };

export type RestHandler = (request: RestRequest) => AwsReply | Promise<AwsReply>;

/** `POST /applications/{application}` and what answers it. */
export type RestRoutes = Record<string, RestHandler>;

/** Answers a REST-JSON call by its method and path. */
export function createRestDispatcher(routes: RestRoutes): (call: AwsCall) => Promise<AwsReply> {
  const compiled = Object.entries(routes).map(([route, handler]) => {
    const [method, path = ''] = route.split(' ');
    return { method, expression: new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`), handler };
  });
  return async (call) => {
    const url = new URL(call.url, 'http://localhost');
    for (const { method, expression, handler } of compiled) {
      const match = method === call.method ? expression.exec(url.pathname) : null;
      if (match === null) continue;
      const path = Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));
      return handler({ call, path, query: url.searchParams, json: () => parseObject(call.body) });
    }
    const message = `The embedded AWS does not emulate appconfig ${call.method} ${url.pathname}.`;
    throw new AppConfigError({ code: 'NotImplementedException', status: 501, message });
  };
}

export function restJson(status: number, body?: unknown): AwsReply {
  return body === undefined ? { status } : { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** One page of a list; the token is the offset. */
export function restPage<Item>(items: readonly Item[], query: URLSearchParams): { Items: Item[]; NextToken?: string } {
  const from = Number(query.get('next_token') ?? 0);
  const size = Number(query.get('max_results') ?? 50);
  const Items = items.slice(from, from + size);
  return from + size < items.length ? { Items, NextToken: String(from + size) } : { Items };
}

function parseObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw badRequest(`The body is not JSON: ${String(error)}`);
  }
  throw badRequest('The body must be a JSON object.');
}
