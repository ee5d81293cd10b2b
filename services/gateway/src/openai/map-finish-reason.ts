import type { FinishReason } from '@signalbox/contracts';

/** Why an answer ended, in OpenAI's words. A reason that is not known yet passes as success, as it does where answers are judged. */
export function mapFinishReason(stopReason: string): FinishReason {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'content_filtered':
    case 'guardrail_intervened':
      return 'content_filter';
    default:
      return 'stop';
  }
}
