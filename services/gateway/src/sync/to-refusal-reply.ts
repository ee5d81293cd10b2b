import { toOpenAiError } from '../openai/to-openai-error.ts';
import type { SyncRefusal } from './refusal-of.ts';

/** A refusal as OpenAI's error object, with its status and what its caller should wait. */
export function toRefusalReply({ status, code, message, retryAfter, attempts }: SyncRefusal, requestId: string) {
  return {
    status,
    body: toOpenAiError({ status, code, message, requestId, attempts }),
    headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
  };
}
