import { percent, toReason } from './describe.ts';
import type { JudgedTarget } from './judged-target.ts';
import type { TargetHealth } from './target-health.ts';
import { wilsonLowerBound } from './wilson.ts';

type Throttle = TargetHealth['throttle'];

/** The share that a target's quota bears: what fits is kept, and more is tried bit by bit. It never ejects. */
export function shiftThrottle({ health, evidence, thresholds, now }: JudgedTarget): Throttle {
  const { throttle } = health;
  const { throttles, attempts } = evidence.fast;
  const rate = attempts > 0 ? throttles / attempts : 0;
  if (now - throttle.changedAt <= thresholds.deadTimeMs) return throttle;
  const isThrottled = rate > thresholds.throttleRate && wilsonLowerBound(throttles, attempts) > thresholds.throttleLowerBound;
  if (attempts >= thresholds.throttleAttempts && isThrottled) {
    const share = Math.max(thresholds.throttleFloorShare, throttle.share * (1 - rate) * thresholds.throttleMargin);
    return { ...throttle, share, changedAt: now, reason: toReason(`throttled: ${percent(rate)} of ${attempts} calls were over the quota`) };
  }
  if (throttle.share >= 1 || rate >= thresholds.throttleClearRate) return throttle;
  const share = Math.min(1, throttle.share * thresholds.throttleRecoverFactor);
  const reason = share < 1 ? `throttled before: share grows while the quota bears it` : 'not throttled';
  return { ...throttle, share, changedAt: now, reason };
}
