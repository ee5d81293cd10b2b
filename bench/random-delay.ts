/** The 99th percentile of the standard normal distribution. */
const Z99 = 2.326;

export type Delay = { p50Ms: number; p99Ms: number };

/** A delay in milliseconds of the log-normal distribution with this median and this 99th percentile. */
export function randomDelay({ p50Ms, p99Ms }: Delay, random: () => number = Math.random): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return p50Ms * Math.exp((Math.log(p99Ms / p50Ms) / Z99) * normal);
}
