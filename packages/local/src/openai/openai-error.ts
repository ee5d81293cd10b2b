import type { BedrockError } from '../bedrock/bedrock-error.ts';

/** An error as OpenAI's API words it. */
export type OpenAiError = { error: { message: string; type: string; param: null; code: string | null } };

const KINDS: Readonly<Record<number, [type: string, code: string | null]>> = {
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['permission_error', 'permission_denied'],
  404: ['invalid_request_error', 'model_not_found'],
  429: ['rate_limit_error', 'rate_limit_exceeded'],
};

/** The status and body for an error of the simulator. */
export function toOpenAiError({ status, code, message }: BedrockError): { status: number; body: OpenAiError } {
  const isTooLong = code === 'ValidationException' && message.startsWith('Input is too long');
  const [type, name] = KINDS[status] ?? (status >= 500 ? ['server_error', null] : ['invalid_request_error', null]);
  const shown = isTooLong ? "This model's maximum context length is 1000000 tokens. Reduce the length of the messages." : message;
  return { status, body: { error: { message: shown, type, param: null, code: isTooLong ? 'context_length_exceeded' : name } } };
}
