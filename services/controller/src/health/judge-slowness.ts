import { type Counters, decidedOf } from './counters.ts';
import { wilsonLowerBound } from './wilson.ts';

/** How many calls run past their route's slow threshold. */
export type SlowVerdict = { slow: number; rate: number; lowerBound: number };

/**
 * Slow calls without the tenant slot that has most of them: one tenant's long answers do not make a target slow. Where there is one
 * slot only, nobody else is there to be protected, and all count.
 */
export function judgeSlowness(counters: Counters): SlowVerdict {
  const { slots } = counters;
  const live = slots.attempts.filter((count) => count > 0).length;
  const worst = live > 1 ? slots.slow.indexOf(Math.max(...slots.slow)) : -1;
  const slow = counters.slow - (slots.slow[worst] ?? 0);
  const decided = decidedOf(counters) - (slots.attempts[worst] ?? 0);
  return { slow, rate: decided > 0 ? slow / decided : 0, lowerBound: wilsonLowerBound(slow, decided) };
}
