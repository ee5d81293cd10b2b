import type { CallLimits, InferenceConfig, Route, RouteLimits, RoutingTarget } from '@signalbox/contracts';

/** An attempt is not begun with less time than this: hardly a model answers within it, and the call would cost all the same. */
export const MIN_ATTEMPT_MS = 1_000;

/** The limits of one attempt: the route's, and never more than what is left of the budget. */
export function callLimits(limits: RouteLimits, remainingMs: number): CallLimits {
  const totalMs = Math.floor(Math.min(limits.attemptMs, remainingMs));
  return {
    totalMs,
    ...(limits.firstTokenMs !== undefined && { firstTokenMs: Math.min(limits.firstTokenMs, totalMs) }),
    ...(limits.idleMs !== undefined && { idleMs: Math.min(limits.idleMs, totalMs) }),
  };
}

/** A timer may fire this much before its time by another clock. */
const TIMER_TOLERANCE_MS = 5;

/** True for a call that the end of its receive cut off, and not a limit of its own: nobody knows what it would have come to. */
export function isCutOff(limits: CallLimits, route: Route, durationMs: number): boolean {
  return limits.totalMs < route.limits.attemptMs && durationMs >= limits.totalMs - TIMER_TOLERANCE_MS;
}

/** The request's sampling, with a number of tokens that the route allows and the target can give. */
export function callConfig(requested: InferenceConfig | undefined, route: Route, target: RoutingTarget) {
  const wanted = requested?.maxTokens ?? route.maxTokens.default;
  const maxTokens = Math.min(wanted, route.maxTokens.cap, target.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  return { ...requested, maxTokens };
}
