/** z of a 95 % interval, two-sided; the value that the algorithm's constants were searched with. */
const Z = 1.96;

/**
 * The least rate, 0 to 1, that so many events out of so many tries make credible: Wilson's lower bound. Unlike the plain rate it says
 * little of few tries (3 of 3 is 0.44, 1 of 1 is 0.21), so one rule serves every volume. Who looks often asks
 * for a wider interval: `z` standard deviations.
 */
export function wilsonLowerBound(events: number, tries: number, z = Z): number {
  if (tries <= 0) return 0;
  const rate = Math.min(1, Math.max(0, events / tries));
  const square = z * z;
  const centre = rate + square / (2 * tries);
  const margin = z * Math.sqrt((rate * (1 - rate)) / tries + square / (4 * tries * tries));
  return Math.max(0, (centre - margin) / (1 + square / tries));
}
