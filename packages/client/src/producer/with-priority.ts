import type { Priority } from '@signalbox/contracts';
import type { Way } from './prepare-request.ts';

/** A request that names the priority it is sent with: to the API that says which queue; a queue says it itself. */
export function withPriority(request: unknown, priority: Priority | undefined, way: Way | undefined): unknown {
  if (priority === undefined || way !== 'gateway') return request;
  // What is no object is refused by the contract, in its words.
  return typeof request === 'object' && request !== null && !Array.isArray(request) ? { ...request, priority } : request;
}
