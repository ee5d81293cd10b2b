import { describeLimit, type Limited, type Limiter, type UsageMeter } from '@signalbox/limits';
import { estimateSpend, type StreamedAnswerResult, spendOf } from '@signalbox/routing';
import { HttpError } from '@signalbox/runtime/errors';
import type { PlacedRequest } from './answer-now.ts';

export type LimitPorts = { reserve: Limiter['reserve']; count: UsageMeter['count'] };

/**
 * Asks models when the tenant's limits have room for it, and accounts for what that used. Throws HttpError 429 before anything is spent; rejects with
 * UnavailableError when limits cannot be looked up.
 */
export async function withinLimits(
  ports: LimitPorts,
  { request, asked, loaded, route, features }: PlacedRequest,
  ask: () => Promise<StreamedAnswerResult>,
): Promise<StreamedAnswerResult> {
  const { tenant, labels } = request;
  const reserved = await ports.reserve({ tenant, route: asked, ...estimateSpend({ features, route }, loaded.table) });
  if (reserved.kind === 'limited') throw tooMany(reserved);
  const result = await ask().catch((error: unknown) => {
    reserved.release();
    throw error;
  });
  const spend = spendOf(result);
  // Where no model was called, nothing was begun.
  if (result.attempts.length === 0) reserved.release();
  else reserved.settle(spend);
  ports.count({ tenant, route: asked, labels, requests: 1, ...spend });
  return result;
}

function tooMany(limited: Limited): HttpError {
  const { limit, left, allowed, resetsAt, retryAfterMs } = limited;
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new HttpError({
    status: 429,
    code: 'rate_limit_exceeded',
    message: `${describeLimit(limited)}. Try again in ${seconds} s.`,
    headers: {
      'retry-after': String(seconds),
      'x-signalbox-limit': `${limit} ${allowed}`,
      'x-signalbox-limit-left': String(left),
      'x-signalbox-limit-resets-at': new Date(resetsAt).toISOString(),
    },
  });
}
