/** What a stop reason makes of an answer that arrived with HTTP 200. */
export type StopOutcome = 'succeeded' | 'refused' | 'malformed' | 'too-long';

/**
 * Maps a stop reason in Bedrock's words. A reason that is not known yet passes as success: the answer carries it, and an empty
 * answer fails by its emptiness. No reason at all means that the answer is not whole.
 */
export function mapStopReason(stopReason: string | undefined): StopOutcome {
  switch (stopReason) {
    case 'guardrail_intervened':
    case 'content_filtered':
    case 'refusal':
      return 'refused';
    case 'malformed_model_output':
    case 'malformed_tool_use':
      return 'malformed';
    case 'model_context_window_exceeded':
      return 'too-long';
    case undefined:
    case '':
      return 'malformed';
    default:
      return 'succeeded';
  }
}
