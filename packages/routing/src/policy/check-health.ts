import { formatDuration } from './duration.ts';
import { type Finding, type PolicyPath, warning } from './finding.ts';
import type { PolicyHealth } from './policy-health.ts';
import { type ThresholdName, USUAL_HEALTH, usualText } from './resolve-health.ts';

type HealthInput = { own: PolicyHealth | undefined; defaults: PolicyHealth | undefined; path: PolicyPath };

/** Two thresholds of which the first must not be above the second, and what would come of it. */
type Order = { low: ThresholdName; high: ThresholdName; otherwise: string; isAdvice?: true };

const ORDERS: readonly Order[] = [
  { low: 'fastWindow', high: 'slowWindow', otherwise: 'the slow window would show less than the fast one' },
  { low: 'slowWindow', high: 'longWindow', otherwise: 'nothing that began before the long window is looked at' },
  { low: 'starved', high: 'longWindow', otherwise: 'nothing that began before the long window is looked at' },
  { low: 'openRecentRate', high: 'openRate', otherwise: 'a target that fails as often as openRate says would not be ejected' },
  { low: 'degradeRate', high: 'openRate', otherwise: 'a target would be ejected before it is ever degraded', isAdvice: true },
  { low: 'recoverRate', high: 'degradeRate', otherwise: 'between the two the share would be lowered and given back in turn' },
  { low: 'recoverRate', high: 'degradeSlowWindowRate', otherwise: 'between the two the share would be lowered and given back in turn' },
  { low: 'recoverSlowRate', high: 'slowRate', otherwise: 'between the two the share would be lowered and given back in turn' },
  { low: 'slowRate', high: 'verySlowRate', otherwise: 'slowLatencyFactor would never be asked' },
  { low: 'throttleClearRate', high: 'throttleRate', otherwise: 'between the two the share would be lowered and given back in turn' },
  { low: 'throttleLowerBound', high: 'throttleRate', otherwise: 'throttleRate would decide nothing' },
  { low: 'ejection', high: 'maxEjection', otherwise: 'no ejection could be that long' },
  { low: 'failedProbeWait', high: 'maxFailedProbeWait', otherwise: 'no wait could be that long' },
  { low: 'rampFirstShare', high: 'rampSecondShare', otherwise: 'the share would fall where it is to grow' },
  { low: 'rampHold', high: 'rampMaxHold', otherwise: 'no step could be that long' },
];

/** Thresholds that contradict each other. What both come from the defaults is reported there. */
export function checkHealth({ own, defaults, path }: HealthInput): Finding[] {
  if (!own) return [];
  if (Object.keys(own).length === 0) return [{ path, message: 'is empty; write a threshold, like ejection: 1m, or remove it' }];
  const stated = { ...defaults, ...own };
  const thatOf = (name: ThresholdName) => stated[name] ?? USUAL_HEALTH[name];
  return ORDERS.filter(({ low, high }) => thatOf(low) > thatOf(high) && (low in own || high in own)).map((order) => {
    const at = [...path, order.low in own ? order.low : order.high];
    const message = describe(order, stated, order.low in own);
    return order.isAdvice ? warning(at, message) : { path: at, message };
  });
}

/** Told of the one that is stated here, and against the other. */
function describe({ low, high, otherwise }: Order, stated: PolicyHealth, isLowOwn: boolean): string {
  const written = (name: ThresholdName) => write(name, stated[name] ?? USUAL_HEALTH[name]);
  const other = (name: ThresholdName) => `${name} (${written(name)}${name in stated ? '' : ' unless stated'})`;
  return isLowOwn
    ? `is ${written(low)}, more than ${other(high)}: ${otherwise}; write at most ${written(high)}, or raise ${high}`
    : `is ${written(high)}, less than ${other(low)}: ${otherwise}; write at least ${written(low)}, or lower ${low}`;
}

/** A value as a policy writes it. */
function write(name: ThresholdName, value: number): string {
  const usual = usualText(name);
  if (value === USUAL_HEALTH[name]) return String(usual);
  if (typeof usual === 'number') return String(value);
  return usual.endsWith('%') ? `${Number((value * 100).toFixed(6))}%` : formatDuration(value);
}
