import { TARGETS } from './fleet-table.ts';
import type { Ledger } from './ledger.ts';
import type { Saying } from './record-story.ts';
import type { Scenario } from './scenarios.ts';

/** What a run comes to. Undefined is "never", or "says nothing here". */
export type Measures = {
  /** Seconds from request to answer that 99 % had. */
  p99: number;
  /** First tries that still went to the faulty targets while they were, per hundred that normally do. */
  exposure: number | undefined;
  attemptsPerRequest: number;
  /** Seconds until the faulty targets had a quarter of their usual first tries or less, and after the end three quarters or more. */
  detect: number | undefined;
  recover: number | undefined;
  /** How often the traffic of the faulty targets left or came back. */
  flaps: number;
  /** Per hundred requests: without an answer in time, later than 30 s, by the simple model. */
  lost: number;
  late: number;
  simple: number;
  /** Of healthy targets and processes, per hundred pairs, those where one would not be asked by the other for its health. */
  falselyOut: number;
  /** How often the fleet took a healthy target out. */
  falselyOpened: number;
  /** Attempts that a request of the loud tenant took: most of them at the median, and the most of any. */
  poisonMedian: number | undefined;
  poisonMost: number | undefined;
};

const DETECTED = 0.25;
const RECOVERED = 0.75;
/** Seconds over which shares are taken; detection is wanted sooner. */
const WINDOW = 5;
const DETECT_WINDOW = 2;
/** Fewer first tries than these in a window say nothing. */
const LEAST_TRIES = 10;

type MeasureInput = {
  scenario: Scenario;
  ledger: Ledger;
  /** By second, what the fleet's word left the faulty targets; not a number where nothing was said then. */
  fleetShare: Float64Array;
  story: readonly Saying[];
  falselyOut: number;
};

/** The figures of one run. */
export function measure({ scenario, ledger, fleetShare, story, falselyOut }: MeasureInput): Measures {
  const { sum, waitsMs, loudAttempts } = ledger;
  const from = Math.min(...scenario.spells.map((spell) => spell.from));
  const to = Math.max(...scenario.spells.map((spell) => spell.to));
  const shareOf = usualShare(scenario, ledger, fleetShare);
  const detectedAt = shareOf && firstSecond(from, to, (second) => isAtMost(shareOf(second + 1 - DETECT_WINDOW, second + 1), DETECTED));
  const recoveredAt =
    detectedAt === undefined
      ? undefined
      : shareOf && firstSecond(to, scenario.seconds, (second) => isAtLeast(shareOf(second, second + WINDOW), RECOVERED));
  return {
    p99: quantile(waitsMs, 0.99) / 1_000,
    exposure: shareOf && percent(exposureOf(scenario, shareOf)),
    attemptsPerRequest: sum.attempts / Math.max(1, sum.submitted),
    detect: detectedAt === undefined ? undefined : detectedAt + 1 - from,
    recover: recoveredAt === undefined ? undefined : recoveredAt + 1 - to,
    flaps: shareOf ? countFlaps(scenario, shareOf) : 0,
    lost: percent(sum.lost / Math.max(1, sum.counted)),
    late: percent(sum.late / Math.max(1, sum.counted)),
    simple: percent(sum.simple / Math.max(1, sum.counted)),
    falselyOut: percent(falselyOut),
    falselyOpened: story.filter(({ target, state }) => state === 'open' && !(scenario.faulty as readonly string[]).includes(target)).length,
    poisonMedian: loudAttempts.length === 0 ? undefined : quantile(loudAttempts, 0.5),
    poisonMost: loudAttempts.length === 0 ? undefined : quantile(loudAttempts, 1),
  };
}

type ShareOf = (from: number, to: number) => number | undefined;

/**
 * First tries at the faulty targets between two seconds, as a share of what they normally get. Where they are too few to say, the last word of
 * the fleet; undefined where there is none.
 */
function usualShare({ faulty, seconds }: Scenario, { firstTries }: Ledger, fleetShare: Float64Array): ShareOf | undefined {
  const normal = TARGETS.filter(({ id }) => faulty.includes(id)).reduce((sum, { normalShare }) => sum + normalShare, 0);
  if (normal === 0 || faulty.length === TARGETS.length) return undefined;
  const all = runningSum([...firstTries.values()], seconds);
  const watched = runningSum(
    [...firstTries].filter(([id]) => faulty.includes(id)).map(([, tries]) => tries),
    seconds,
  );
  const between = (sums: Float64Array, from: number, to: number) => (sums[Math.min(to, seconds)] ?? 0) - (sums[Math.max(0, from)] ?? 0);
  return (from, to) => {
    const total = between(all, from, to);
    return total < LEAST_TRIES ? lastWord(fleetShare, to) : between(watched, from, to) / total / normal;
  };
}

function lastWord(fleetShare: Float64Array, before: number): number | undefined {
  return fleetShare.subarray(0, Math.max(0, before)).findLast((share) => !Number.isNaN(share));
}

function exposureOf({ spells }: Scenario, shareOf: ShareOf): number {
  const on = spells.map(({ from, to }) => ({ length: to - from, share: shareOf(from, to) ?? 0 }));
  return on.reduce((sum, { length, share }) => sum + length * share, 0) / on.reduce((sum, { length }) => sum + length, 0);
}

function countFlaps({ seconds }: Scenario, shareOf: ShareOf): number {
  let isOut = false;
  let flaps = 0;
  for (let second = WINDOW; second <= seconds; second++) {
    const share = shareOf(second - WINDOW, second);
    const turns = share !== undefined && (isOut ? share >= RECOVERED : share <= DETECTED);
    if (!turns) continue;
    isOut = !isOut;
    flaps++;
  }
  return flaps;
}

function runningSum(parts: readonly Uint32Array[], seconds: number): Float64Array {
  const sums = new Float64Array(seconds + 1);
  for (let second = 0; second < seconds; second++)
    sums[second + 1] = (sums[second] ?? 0) + parts.reduce((sum, part) => sum + (part[second] ?? 0), 0);
  return sums;
}

function firstSecond(from: number, to: number, isSo: (second: number) => boolean): number | undefined {
  for (let second = from; second < to; second++) if (isSo(second)) return second;
  return undefined;
}

function isAtMost(share: number | undefined, limit: number): boolean {
  return share !== undefined && share <= limit;
}

function isAtLeast(share: number | undefined, limit: number): boolean {
  return share !== undefined && share >= limit;
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
}

function percent(part: number): number {
  return part * 100;
}
