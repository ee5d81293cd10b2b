/**
 * Why this process does not call a target now:
 * - `resting`: it asked to be left alone (`Retry-After`); `at-quota`: its stated limit is used up;
 * - `faulting`, `slow`, `not-ready`, `misconfigured`: it was seen so; `probing`: one call is under way that will tell.
 */
export type HoldCause = 'resting' | 'at-quota' | 'faulting' | 'slow' | 'not-ready' | 'misconfigured' | 'probing';

/** `forMs`: how much longer, in milliseconds; 0 when nobody knows. */
export type Hold = { cause: HoldCause; forMs: number };

/**
 * How much health is overlooked: nothing as a rule; what may be wrong with us rather than with the targets (`misconfigured`), and answers that
 * are only `slow`, when nothing else is left; all but a target's own limits when somebody must try.
 */
export type Tolerance = 'strict' | 'lenient' | 'desperate';

/** True when a target is well and only wants less. */
export function isThrottling(cause: HoldCause): boolean {
  return cause === 'resting' || cause === 'at-quota';
}

/** True when the hold keeps a target out for one who tolerates so much. */
export function binds({ cause }: Hold, tolerance: Tolerance): boolean {
  if (isThrottling(cause) || tolerance === 'strict') return true;
  return tolerance === 'lenient' && cause !== 'slow' && cause !== 'misconfigured';
}
