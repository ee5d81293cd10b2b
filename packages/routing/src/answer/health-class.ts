import type { OutcomeKind } from '@signalbox/contracts';
import { isCallersError } from './conduct.ts';

/**
 * What an attempt says of its target:
 * - `well`: it answered, in time;
 * - `slow`: it ran longer than the route calls slow;
 * - `fault`: it was down; `not-ready`: it is still starting; `misconfigured`: it cannot be called as the table says;
 * - `throttle`: it is well, and asked for less;
 * - `ambiguous`: it failed in a way that may be the request's doing;
 * - `nothing`: the caller's error, or nobody waited for the end.
 */
export type HealthClass = 'well' | 'slow' | 'fault' | 'throttle' | 'not-ready' | 'misconfigured' | 'ambiguous' | 'nothing';

type Judged = { outcome: OutcomeKind; slow?: boolean | undefined; originalStatus?: number | undefined };

const CLASSES = {
  succeeded: 'well',
  throttled: 'throttle',
  'not-ready': 'not-ready',
  faulted: 'fault',
  'model-error': 'ambiguous',
  'timed-out': 'ambiguous',
  malformed: 'ambiguous',
  refused: 'nothing',
  'too-long': 'nothing',
  rejected: 'nothing',
  misconfigured: 'misconfigured',
  cancelled: 'nothing',
} as const satisfies Record<OutcomeKind, HealthClass>;

/** Throttling, faults and caller errors are three different things; here they part. */
export function healthClass({ outcome, slow, originalStatus }: Judged): HealthClass {
  if (slow && (outcome === 'succeeded' || outcome === 'cancelled')) return 'slow';
  if (outcome === 'model-error' && isCallersError(originalStatus)) return 'nothing';
  return CLASSES[outcome];
}
