import { toOpenAiError } from '../openai/to-openai-error.ts';
import type { SyncRefusal } from './refusal-of.ts';

/** Of a status that the clients of OpenAI's API ask again at, twice by default, which is no remedy here. */
const FINAL = new Set(['quarantined', 'out_of_time']);

/** A refusal as OpenAI's error object, with its status and what its caller should wait. */
export function toRefusalReply({ status, code, message, retryAfter, attempts }: SyncRefusal, requestId: string) {
  return {
    status,
    body: toOpenAiError({ status, code, message, requestId, attempts }),
    headers: {
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(FINAL.has(code) && { 'x-should-retry': 'false' }),
    },
  };
}
