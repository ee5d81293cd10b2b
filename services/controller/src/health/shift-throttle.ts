import type { Counters } from './counters.ts';
import { decidedOf } from './counters.ts';
import { percent, toReason } from './describe.ts';
import type { JudgedTarget } from './judged-target.ts';
import type { TargetHealth } from './target-health.ts';
import type { Thresholds } from './thresholds.ts';
import { wilsonLowerBound } from './wilson.ts';

type Throttle = TargetHealth['throttle'];
type Change = { share: number; isShut: boolean; reason: string };

/** The share that a target's quota bears: what fits is kept, and more is tried bit by bit. It never ejects. */
export function shiftThrottle(target: JudgedTarget): Throttle {
  const { health, evidence, thresholds, now } = target;
  const { throttle } = health;
  const change = lookIn(throttle, evidence.fast, thresholds) ?? shift(target);
  if (!change) return throttle;
  const { isShut: _, ...before } = throttle;
  const { isShut, share, reason } = change;
  return { ...before, share, changedAt: now, reason, ...(isShut && { isShut }) };
}

/** The first call that is let in after none was is news enough to look closer, whenever it comes. */
function lookIn({ isShut, share }: Throttle, fast: Counters, { throttleFloorShare }: Thresholds): Change | undefined {
  if (!isShut || share >= throttleFloorShare || decidedOf(fast) === 0) return undefined;
  return { share: throttleFloorShare, isShut, reason: 'throttled before: some calls are let in again' };
}

function shift({ health: { throttle }, evidence: { fast }, thresholds, peers, now }: JudgedTarget): Change | undefined {
  const { throttles, attempts } = fast;
  const rate = attempts > 0 ? throttles / attempts : 0;
  if (now - throttle.changedAt <= thresholds.deadTimeMs) return undefined;
  const isThrottled = rate > thresholds.throttleRate && wilsonLowerBound(throttles, attempts) > thresholds.throttleLowerBound;
  if (attempts >= thresholds.throttleAttempts && isThrottled) {
    const change = cut(throttle, rate, thresholds, peers.isNeeded);
    return { ...change, reason: toReason(`throttled: ${percent(rate)} of ${attempts} calls were over the quota`) };
  }
  if (throttle.share >= 1 || rate >= thresholds.throttleClearRate) return undefined;
  return grow(throttle, decidedOf(fast), thresholds);
}

/** To what fits. Where nothing does, to the floor, and a window later below it, unless a route has nobody else. */
function cut(
  { share: before, isShut: wasShut = false }: Throttle,
  rate: number,
  thresholds: Thresholds,
  isNeeded: boolean,
): Omit<Change, 'reason'> {
  const { throttleFloorShare: floor, throttleShutShare, throttleMargin } = thresholds;
  if (rate >= 1 && before <= floor && !isNeeded) return { share: Math.min(floor, throttleShutShare), isShut: true };
  const fits = before * (1 - rate) * throttleMargin;
  // At the floor it is as unknown as before what the quota bears.
  return { share: Math.max(floor, fits), isShut: rate >= 1 || (wasShut && fits <= floor) };
}

function grow({ share: before, isShut = false }: Throttle, letIn: number, thresholds: Thresholds): Change {
  const { throttleReopenFactor, throttleRecoverFactor, recoverAttempts } = thresholds;
  const share = Math.min(1, before * (isShut && letIn >= recoverAttempts ? throttleReopenFactor : throttleRecoverFactor));
  if (share >= 1) return { share, isShut: false, reason: 'not throttled' };
  return { share, isShut, reason: 'throttled before: share grows while the quota bears it' };
}
