import { costOf } from '@signalbox/catalogue/cost';
import type { Attempt, ModelReply } from '@signalbox/contracts';
import type { PlannedTarget } from '../plan/planned-target.ts';

/** An attempt with what it was for and what came back. */
export type Trial = { planned: PlannedTarget; reply: ModelReply; attempt: Attempt };

const MAX_DETAIL_LENGTH = 200;

/** `nova-lite timed-out, haiku faulted 503`: what happened, without content. */
export function describeTrials(trials: readonly Trial[]): string {
  const parts = trials.map(
    ({ attempt }) => `${attempt.target} ${attempt.outcome}${attempt.status === undefined ? '' : ` ${attempt.status}`}`,
  );
  return shorten(parts.join(', '));
}

export function shorten(text: string): string {
  return text.length > MAX_DETAIL_LENGTH ? `${text.slice(0, MAX_DETAIL_LENGTH - 1)}…` : text;
}

/** True when a call is taken to have used no tokens. */
export function isUnbilled(reply: ModelReply): boolean {
  return !reply.usage && reply.outcome !== 'succeeded' && reply.outcome !== 'cancelled';
}

/**
 * US dollars of all trials that used tokens; null when that of one is unknown. A failed one without usage is taken to have used none. An answer
 * without is unknown, and so is a call that was given up for another's answer: what the model had read and written by then is billed.
 */
export function costOfTrials(trials: readonly Trial[]): number | null {
  let total = 0;
  for (const { planned, reply } of trials) {
    if (isUnbilled(reply)) continue;
    const cost = costOf({ usage: reply.usage, price: planned.target.price });
    if (cost === null) return null;
    total += cost;
  }
  return total;
}
