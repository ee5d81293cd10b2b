import type { Attempt, ModelReply, RouteLimits } from '@signalbox/contracts';
import type { PlannedTarget } from '../plan/planned-target.ts';

type AttemptInput = {
  attemptId: string;
  planned: PlannedTarget;
  /** True for the first attempt of the receive; a retry, a failover and a call beside the first were not drawn first. */
  isFirst: boolean;
  limits: RouteLimits;
  startedAt: number;
  durationMs: number;
  reply: ModelReply;
};

/** The record of a call, without content: what events and health see of it. */
export function recordAttempt({ attemptId, planned, isFirst, limits, startedAt, durationMs, reply }: AttemptInput): Attempt {
  const { id, model, region } = planned.target;
  const failure = reply.outcome === 'succeeded' ? undefined : reply;
  return {
    attemptId,
    target: id,
    model,
    region,
    startedAt: Math.floor(startedAt),
    durationMs,
    ...(reply.firstTokenMs !== undefined && { firstTokenMs: reply.firstTokenMs }),
    outcome: reply.outcome,
    ...(limits.slowMs !== undefined && durationMs > limits.slowMs && { slow: true }),
    ...(failure && { error: failure.error }),
    ...(failure?.status !== undefined && { status: failure.status }),
    ...(failure?.originalStatus !== undefined && { originalStatus: failure.originalStatus }),
    ...(failure?.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
    ...(reply.usage && { usage: reply.usage }),
    probability: planned.probability,
    firstDraw: planned.isFirstDraw && isFirst,
  };
}
