import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';

/** One logger and one metrics store per function; names and level come from the POWERTOOLS_* variables of its template. */
export const logger = new Logger();
export const metrics = new Metrics();

/** What may be logged of an error: its name, code and message of our own errors; never a provider's message, which can quote a prompt. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number; requestId?: string } };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...($metadata ? { status: $metadata.httpStatusCode, awsRequestId: $metadata.requestId } : {}),
    ...(isQuoting(error) ? {} : { message: error.message.slice(0, 500) }),
    ...(error.cause instanceof Error ? { cause: describeError(error.cause) } : {}),
  };
}

/** True for a message that may repeat what was sent or read: an AWS error's, one copied from an AWS error (as Powertools does), and JSON.parse's. */
function isQuoting(error: Error): boolean {
  if ('$metadata' in error || error instanceof SyntaxError) return true;
  return error.cause instanceof Error && isQuoting(error.cause) && error.message.includes(error.cause.message);
}
