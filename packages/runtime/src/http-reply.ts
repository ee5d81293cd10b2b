import { HttpError, UnavailableError } from './errors.ts';
import { describeError, logger } from './telemetry.ts';

export type HttpReply = { status: number; body: unknown; headers?: Record<string, string> };

/** The headers of every answer in one piece. */
export function replyHeaders(requestId: string): Record<string, string> {
  return { 'content-type': 'application/json', 'cache-control': 'no-store', 'x-signalbox-request-id': requestId };
}

/** OpenAI's error object, so that any client of that API shows it well. What is no refusal of ours is logged, and is a 500 or 503 without detail. */
export function toRefusal(error: unknown, requestId: string): HttpReply {
  if (error instanceof HttpError) {
    return {
      status: error.status,
      headers: error.headers,
      body: {
        error: {
          message: error.message,
          type: errorType(error.status),
          code: error.code,
          param: error.parameter ?? null,
          request_id: requestId,
        },
      },
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

const TYPES: Readonly<Record<number, string>> = { 401: 'authentication_error', 403: 'permission_error', 429: 'rate_limit_error' };

function errorType(status: number): string {
  return status >= 500 ? 'server_error' : (TYPES[status] ?? 'invalid_request_error');
}
