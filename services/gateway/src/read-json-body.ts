import type { HttpRequest } from '@signalbox/runtime';
import { HttpError } from '@signalbox/runtime/errors';

/** Reads a body that must be JSON of at most `maxBytes`; `tooLarge` says what to do with a larger one. */
export function readJsonBody(
  { headers, body = '' }: Pick<HttpRequest, 'headers' | 'body'>,
  { maxBytes, tooLarge }: { maxBytes: number; tooLarge: string },
): unknown {
  if (!isJson(headers['content-type'])) {
    throw new HttpError({
      status: 415,
      code: 'unsupported_media_type',
      parameter: 'content-type',
      message: 'Send the body as JSON in UTF-8, with the header "content-type: application/json".',
    });
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > maxBytes) throw bodyTooLarge(`The body has ${bytes} bytes; ${maxBytes} are allowed. ${tooLarge}`);
  try {
    return JSON.parse(body);
  } catch {
    // The parser's message quotes the body, which may be a prompt.
    throw new HttpError({
      status: 400,
      code: 'invalid_json',
      message: bytes === 0 ? 'The body is empty; it must be JSON.' : 'The body must be JSON.',
    });
  }
}

/** The refusal of a body that is too large. */
export function bodyTooLarge(message: string): HttpError {
  return new HttpError({ status: 413, code: 'request_too_large', message });
}

function isJson(contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter)?.[1]).find(Boolean);
  return type.trim() === 'application/json' && (charset === undefined || charset === 'utf-8' || charset === 'utf8');
}
