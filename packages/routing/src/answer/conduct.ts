import type { ModelReply, OutcomeKind } from '@signalbox/contracts';

/**
 * What an attempt's outcome asks for next:
 * - `take` it, it is the answer;
 * - `retry` once on the same target, then go to the `next` one;
 * - `ease`: the same, after the pause that the target asks for;
 * - `doubt`: it may be the target or the request, so no retry here and one look at another target;
 * - `longer`: only a target with a larger context can help;
 * - `refuse`, `reject`: the end, on any target;
 * - `leave`: nobody wants the answer any more.
 */
export type Conduct = 'take' | 'retry' | 'ease' | 'next' | 'doubt' | 'longer' | 'refuse' | 'reject' | 'leave';

const CONDUCTS = {
  succeeded: 'take',
  throttled: 'ease',
  'not-ready': 'next',
  misconfigured: 'next',
  faulted: 'next',
  'model-error': 'doubt',
  'timed-out': 'doubt',
  malformed: 'doubt',
  'too-long': 'longer',
  refused: 'refuse',
  rejected: 'reject',
  cancelled: 'leave',
} as const satisfies Record<OutcomeKind, Conduct>;

/** A model behind an error 424 that could not take the call then: as with any such status, the caller did nothing wrong. */
const NOT_THE_CALLER = [408, 429];

export function conductOf(reply: ModelReply): Conduct {
  if (reply.outcome === 'faulted' && reply.isTransient) return 'retry';
  if (reply.outcome === 'model-error' && isCallersError(reply.originalStatus)) return 'reject';
  return CONDUCTS[reply.outcome];
}

/** True when the status that a 424 wraps says that the caller is wrong. */
export function isCallersError(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && !NOT_THE_CALLER.includes(status);
}
