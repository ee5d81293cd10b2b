import type { Problem } from '@signalbox/contracts';

/** `messages[0].role must be user …`, in the words of the intake. */
export function formatProblem({ path, message }: Problem): string {
  return `${path || 'body'} ${message}`;
}
