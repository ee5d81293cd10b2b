import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { HttpError, UnavailableError } from './errors.ts';
import { MIDDY_OPTIONS } from './middy-options.ts';
import { describeError, logger } from './telemetry.ts';

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
export type HttpReply = { status: number; body: unknown; headers?: Record<string, string> };

/** A handler for a REST API proxy integration. Refusals are thrown as HttpError; anything else thrown is a 500 without detail, and is logged. */
export function onRequest(respond: (request: HttpRequest) => Promise<HttpReply>) {
  async function handle(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
    const { requestId } = event.requestContext;
    try {
      return toResult(await respond(toRequest(event)), requestId);
    } catch (error) {
      return toResult(toRefusal(error, requestId), requestId);
    }
  }
  return middy<APIGatewayProxyEvent, APIGatewayProxyResult, Error, Context>(MIDDY_OPTIONS)
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .handler(handle);
}

function toRequest(event: APIGatewayProxyEvent): HttpRequest {
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

/** OpenAI's error object, so that any client of that API shows it well. */
function toRefusal(error: unknown, requestId: string): HttpReply {
  if (error instanceof HttpError) {
    const type =
      error.status >= 500
        ? 'server_error'
        : error.status === 401 || error.status === 403
          ? 'authentication_error'
          : 'invalid_request_error';
    return {
      status: error.status,
      headers: error.headers,
      body: { error: { message: error.message, type, code: error.code, param: error.parameter ?? null, request_id: requestId } },
    };
  }
  logger.error('A request failed', { error: describeError(error) });
  if (error instanceof UnavailableError) {
    const refusal = {
      status: 503,
      code: 'unavailable',
      message: 'Something this needs cannot be reached now. Try again in a few seconds.',
    };
    return toRefusal(new HttpError({ ...refusal, headers: { 'retry-after': '5' }, cause: error }), requestId);
  }
  return {
    status: 500,
    body: {
      error: {
        message: `Something failed on our side. Try again; if it stays, report request ${requestId}.`,
        type: 'server_error',
        code: 'internal_error',
        param: null,
        request_id: requestId,
      },
    },
  };
}

function toResult({ status, body, headers }: HttpReply, requestId: string): APIGatewayProxyResult {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-signalbox-request-id': requestId, ...headers },
    body: JSON.stringify(body),
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
