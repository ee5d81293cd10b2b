import { errorTypeOf } from '@signalbox/contracts';
import type { ProxyResponse } from './read-proxy-response.ts';

/**
 * Errors that API Gateway itself answers, by the response type that they have there. What the gateway's template says of a type is said here, too:
 * OpenAI's error object with `code` and `request_id`, and `Retry-After` where trying again helps. A bare REST API would answer an unknown path, and
 * a known one with another method, with 403 "Missing Authentication Token", and a throttled function with 500.
 */
const ERRORS = {
  MISSING_AUTHENTICATION_TOKEN: {
    status: 404,
    code: 'not_found',
    message:
      'There is no such path, or it does not take this method. docs/openapi.yaml lists both; on AWS the base URL ends with the stage.',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    code: 'REQUEST_TOO_LARGE',
    message: 'The body is larger than 10 MB. Put the content in S3 by POST /v1/uploads and send the payload that it answers.',
  },
  INTEGRATION_FAILURE: {
    status: 503,
    code: 'unavailable',
    message:
      'This call found no room, or no function. Try again after the seconds in Retry-After, with the same id; a result can also be read without waiting for it.',
    retryAfterSeconds: 2,
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    code: 'INTEGRATION_TIMEOUT',
    message: 'No answer came in time; the work may go on. Try again, with the same id.',
    retryAfterSeconds: 2,
  },
  DEFAULT_5XX: {
    status: 502,
    code: 'DEFAULT_5XX',
    message: 'Something failed on our side. Try again, with the same id; report the request id if it keeps failing.',
    retryAfterSeconds: 2,
  },
  // These two are refused before any response type applies.
  BAD_PATH: {
    status: 400,
    code: 'bad_path',
    message: 'The path is not well-formed: a % must be followed by two hexadecimal digits, and these must be UTF-8.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    code: 'headers_too_large',
    message: 'The headers have more than 10,240 bytes. Send fewer or shorter ones.',
  },
} as const satisfies Record<string, { status: number; code: string; message: string; retryAfterSeconds?: number }>;

export type GatewayErrorType = keyof typeof ERRORS;

/** The answer of API Gateway to a call that reaches no function, or whose function gives no answer. */
export function gatewayError(type: GatewayErrorType, requestId: string): ProxyResponse {
  const { status, code, message, ...more } = ERRORS[type];
  const error = { message, type: errorTypeOf(status), code, param: null, request_id: requestId };
  const retryAfter = 'retryAfterSeconds' in more ? { 'retry-after': [String(more.retryAfterSeconds)] } : {};
  return { status, headers: { 'content-type': ['application/json'], ...retryAfter }, body: Buffer.from(JSON.stringify({ error })) };
}
