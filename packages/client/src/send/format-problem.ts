import type { Problem } from '@signalbox/contracts';

/** `messages[0].role must be …`; of the whole request: `the request must be …`. */
export function formatProblem({ path, message }: Problem): string {
  return `${path || 'the request'} ${message}`;
}
