import type { APIGatewayProxyEvent } from 'aws-lambda';
import { HttpError } from './errors.ts';

export type HttpRequest = {
  method: string;
  path: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  pathParameters: Record<string, string>;
  query: Record<string, string>;
  /** Names of query parameters that were given more than once; `query` has the last value of each. */
  repeatedQuery: string[];
  body: string | undefined;
  requestId: string;
};

/** What a REST API's proxy integration gives, read. Throws HttpError for a path that is not valid percent-encoding. */
export function toRequest(event: APIGatewayProxyEvent): HttpRequest {
  return {
    method: event.httpMethod,
    path: event.path,
    headers: lowerCaseNames(event.headers ?? {}),
    pathParameters: decodeValues(definedOnly(event.pathParameters ?? {})),
    query: definedOnly(event.queryStringParameters ?? {}),
    repeatedQuery: Object.entries(event.multiValueQueryStringParameters ?? {}).flatMap(([name, values = []]) =>
      values.length > 1 ? [name] : [],
    ),
    body: event.body === null ? undefined : event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body,
    requestId: event.requestContext.requestId,
  };
}

function lowerCaseNames(headers: Record<string, string | undefined>): Record<string, string> {
  return definedOnly(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])));
}

function definedOnly(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** API Gateway passes path parameters as they were sent. */
function decodeValues(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, decode(name, value)]));
}

function decode(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw new HttpError({
      status: 400,
      code: 'invalid_path',
      parameter: name,
      message: `The path parameter "${name}" is not valid percent-encoding.`,
      cause,
    });
  }
}
