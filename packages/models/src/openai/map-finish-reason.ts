/** How a server says that its answer is not whole: the call was given up, or the model broke. */
const BROKEN: readonly string[] = ['abort', 'error', 'insufficient_system_resource', 'unexpected_model_behavior'];

/**
 * Maps a finish reason to Converse's stop reason. Undefined for one that says that the answer broke off. A server that
 * stopped by one of the caller's own sequences may say so (`stoppedBy`); a tool call is one even where the server says `stop`.
 */
export function mapFinishReason({
  reason,
  stoppedBy,
  hasTools,
}: {
  reason: string;
  stoppedBy: unknown;
  hasTools: boolean;
}): string | undefined {
  switch (reason) {
    case 'stop':
    case 'eos':
    case 'eos_token':
    case 'end_turn':
      if (hasTools) return 'tool_use';
      return typeof stoppedBy === 'string' && stoppedBy !== '' ? 'stop_sequence' : 'end_turn';
    case 'length':
    case 'max_tokens':
      return 'max_tokens';
    case 'tool_calls':
    case 'function_call':
    case 'tool_use':
      return 'tool_use';
    case 'content_filter':
      return 'content_filtered';
    default:
      return BROKEN.includes(reason) ? undefined : reason;
  }
}
