import type { RoutingOverlay, RoutingTable } from '@signalbox/contracts';
import type { AdapterReplies } from './adapter-replies.ts';
import type { FaultName } from './faulty-models.ts';
import { runWorld, type WorldStory } from './fleet-world.ts';
import { median } from './median.ts';
import { percentile } from './percentile.ts';
import type { Row } from './report.ts';

const SEEDS = 20;
const SANDBOXES = 16;
const ROUTE = 'default';
const PRIMARY = 'nova-lite';
const DOWN_AT_MS = 40_000;
/** Counters are kept by ten seconds, so that it matters when in them a target goes down: every half second once. */
const PHASE_MS = 500;
const DOWN_FOR_MS = 60_000;
const ENDS_AT_MS = 200_000;
/** The share that a target keeps of which the fleet knows that it is down; at most the floor of `degraded`. */
const OUT_SHARE = 0.02;
/** The shortest ejection of the local breaker is 2.5 s. */
const SELF_HELP_MS = 2_500;

/** What one run says; times in milliseconds, after the first fault or after healing. */
export type Reroute = {
  /** Of each sandbox: when it first read that the target is out; infinite where it never did. */
  readMs: number[];
  /** When the fleet first took some of its traffic. */
  loweredMs: number;
  failedCalls: number;
  /** Of each sandbox: failed calls before its own breaker may try the target again, */
  failuresOfSandboxes: number[];
  /** and of those the first that it saw, with those that it began after seeing it: what was under way by then no breaker could spare. */
  failuresSeen: number[];
  /** Of the requests begun 2 to 5 s after the first fault: the share that still tried the target. */
  stillTried: number;
  firstTrafficMs: number;
  fullShareMs: number;
  mostProbesASecond: number;
  flaps: number;
};

export type VirtualFleet = { table: RoutingTable; replies: AdapterReplies; requestsPerSecond: number; fault: FaultName };

/** A fleet of sixteen in virtual time, each seed another run: the first choice of its route goes down after forty seconds and is well again a minute later. */
export async function rerouteInVirtualTime(fleet: VirtualFleet): Promise<Reroute[]> {
  const runs: Reroute[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { table, replies, requestsPerSecond, fault } = fleet;
    const downAt = DOWN_AT_MS + (seed - 1) * PHASE_MS;
    const healedAt = downAt + DOWN_FOR_MS;
    const faultOf = (target: string, at: number) => (target === PRIMARY && at >= downAt && at < healedAt ? fault : undefined);
    const requests = Math.ceil((requestsPerSecond * ENDS_AT_MS) / 1_000);
    const story = await runWorld({ table, route: ROUTE, replies, requestsPerSecond, requests, seed, faultOf, untilMs: ENDS_AT_MS });
    runs.push(readStory(story, healedAt));
  }
  return runs;
}

function readStory({ calls, overlays, probes }: WorldStory, healedAt: number): Reroute {
  const failed = calls.filter(({ target, outcome }) => target === PRIMARY && outcome !== 'succeeded');
  const firstFaultAt = Math.min(...failed.map(({ endedAt }) => endedAt));
  const saysOut = overlays.filter(({ at, overlay }) => at >= firstFaultAt && shareOf(overlay) <= OUT_SHARE);
  const readAt = Array.from({ length: SANDBOXES }, (_, sandbox) => Math.min(...saysOut.flatMap(({ readBy }) => readBy.get(sandbox) ?? [])));
  const served = calls.filter(({ target, outcome, at }) => target === PRIMARY && outcome === 'succeeded' && at >= healedAt);
  const perSecond = Map.groupBy(probes.get(PRIMARY) ?? [], (at) => Math.floor(at / 1_000));
  const soonOf = (index: number) => soon.filter(({ sandbox }) => sandbox === index);
  const soon = failed.filter(({ at }) => at <= firstFaultAt + SELF_HELP_MS);
  const begun = calls.filter(({ at }) => at >= firstFaultAt + 2_000 && at < firstFaultAt + 5_000);
  return {
    readMs: readAt.map((at) => at - firstFaultAt),
    loweredMs:
      (overlays.find(({ at, overlay }) => at >= firstFaultAt && shareOf(overlay) < 1)?.at ?? Number.POSITIVE_INFINITY) - firstFaultAt,
    failedCalls: failed.length,
    failuresOfSandboxes: Array.from({ length: SANDBOXES }, (_, index) => soonOf(index).length),
    failuresSeen: Array.from({ length: SANDBOXES }, (_, index) => countSeen(soonOf(index))),
    stillTried: countRequests(begun.filter(({ target }) => target === PRIMARY)) / countRequests(begun),
    firstTrafficMs: (served[0]?.endedAt ?? Number.POSITIVE_INFINITY) - healedAt,
    fullShareMs: Math.max(0, fullShareAt(overlays) - healedAt),
    mostProbesASecond: Math.max(0, ...[...perSecond.values()].map(({ length }) => length)),
    flaps: countFlaps(overlays),
  };
}

/** The first failure that a sandbox saw, and the calls that it began knowing of it. */
function countSeen(failed: WorldStory['calls']): number {
  const seenAt = Math.min(...failed.map(({ endedAt }) => endedAt));
  return Math.min(1, failed.length) + failed.filter(({ at }) => at >= seenAt).length;
}

function countRequests(calls: WorldStory['calls']): number {
  return new Set(calls.map(({ request }) => request)).size;
}

/** From when on the target has all of its traffic, to the end; 0 where it always had. */
function fullShareAt(overlays: readonly { at: number; overlay: RoutingOverlay }[]): number {
  const lastBelow = overlays.findLastIndex(({ overlay }) => shareOf(overlay) < 1);
  return lastBelow === -1 ? 0 : (overlays[lastBelow + 1]?.at ?? Number.POSITIVE_INFINITY);
}

/** How often it went out again after it had come back. */
function countFlaps(overlays: readonly { overlay: RoutingOverlay }[]): number {
  const states = overlays.map(({ overlay }) => entryOf(overlay)?.state ?? 'closed');
  const opened = states.filter((state, index) => state === 'open' && states[index - 1] !== 'open').length;
  return Math.max(0, opened - 1);
}

function shareOf(overlay: RoutingOverlay): number {
  return entryOf(overlay)?.share ?? 1;
}

function entryOf({ targets }: RoutingOverlay) {
  return Object.entries(targets).find(([key]) => key.startsWith(`${PRIMARY}@`))?.[1];
}

const LIMITS = { p50Ms: 2_000, p99Ms: 4_000, firstTrafficMs: 30_000, fullShareMs: 60_000, probes: 1, flaps: 0, failures: 5 };

/** The rows of one fleet. */
export function virtualRows(name: string, runs: readonly Reroute[]): Row[] {
  const all = runs.flatMap(({ readMs }) => readMs);
  const how = `${runs.length} seeds x ${SANDBOXES} sandboxes in virtual time, bus 150/390 ms and queue 16/105 ms`;
  const line = (what: string, value: number, limit: number, note: string): Row => ({
    budget: 'P8',
    what,
    measured: seconds(value),
    limit: `<= ${seconds(limit)}`,
    isMet: value <= limit,
    how: note,
  });
  const of = (pick: (run: Reroute) => number) => runs.map(pick);
  const failures = runs.flatMap(({ failuresOfSandboxes }) => failuresOfSandboxes);
  const seen = runs.flatMap(({ failuresSeen }) => failuresSeen);
  const most = Math.max(...of(({ mostProbesASecond }) => mostProbesASecond));
  const flaps = of(({ flaps: count }) => count).reduce((sum, count) => sum + count, 0);
  const spread = (values: number[]) => `median of ${runs.length} seeds, ${seconds(Math.min(...values))} to ${seconds(Math.max(...values))}`;
  return [
    line(
      `${name}: first fault to overlay read, p50`,
      percentile(all, 0.5),
      LIMITS.p50Ms,
      `${how}; the first overlay that takes any share is written after ${seconds(median(of(({ loweredMs }) => loweredMs)))}`,
    ),
    line(
      '  p99',
      percentile(all, 0.99),
      LIMITS.p99Ms,
      `of the requests 2 to 5 s after the first fault ${(100 * median(of(({ stillTried }) => stillTried))).toFixed(1)} % still tried the target`,
    ),
    line(
      '  first request served after healing',
      median(of(({ firstTrafficMs }) => firstTrafficMs)),
      LIMITS.firstTrafficMs,
      spread(of(({ firstTrafficMs }) => firstTrafficMs)),
    ),
    line(
      '  full share after healing',
      median(of(({ fullShareMs }) => fullShareMs)),
      LIMITS.fullShareMs,
      spread(of(({ fullShareMs }) => fullShareMs)),
    ),
    {
      budget: 'P8',
      what: '  same sandbox: failures seen until it leaves by itself, p50 and most',
      measured: `${median(seen)} and ${Math.max(...seen)}`,
      limit: '<= 5',
      isMet: Math.max(...seen) <= LIMITS.failures,
      how: `with what was under way at the first of them ${median(failures)} and ${Math.max(...failures)}; ${median(of(({ failedCalls }) => failedCalls))} failed calls of the fleet in 60 s of outage`,
    },
    {
      budget: 'P8',
      what: '  most probes in a second, and ejections after the first',
      measured: `${most} and ${flaps}`,
      limit: '<= 1 and 0',
      isMet: most <= LIMITS.probes && flaps <= LIMITS.flaps,
      how: 'over all seeds',
    },
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
