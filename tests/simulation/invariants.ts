import { RoutingOverlay, type RoutingTable } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import type { Bucket, FleetHealth, TargetHealth } from '@signalbox/controller/health';

/** A run that broke a rule which must hold whatever happens. */
export class InvariantError extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'InvariantError';
  }
}

/** What really happened to a target's calls: those that failed, and those that were refused as made wrongly, in the last quarter of an hour. */
export type Truth = { failures: number; slow: number; misconfigured: number };

type Transition = {
  previous: FleetHealth;
  current: FleetHealth;
  /** What the counters hold of a target, by its key. */
  counted: (key: string) => readonly Bucket[];
  /** Undefined where events were forged: then the counters are all that there is. */
  truth: ((key: string) => Truth) | undefined;
};

/** What must hold of every write of the states. */
export function checkStates({ previous, current, counted, truth }: Transition): void {
  for (const [key, health] of Object.entries(current.targets)) {
    const before = previous.targets[key];
    if (before && before.seq > health.seq) throw new InvariantError(`${key} went back from seq ${before.seq} to ${health.seq}`);
    const kind = before?.circuit.kind ?? 'closed';
    if (kind === health.circuit.kind) continue;
    checkCause(key, health, { told: sumOf(counted(key)), seen: truth?.(key) });
  }
}

/** Nothing loses its traffic without three failures of other people's requests or of our own probes; callers' errors are none of either. */
function checkCause(key: string, { circuit }: TargetHealth, { told, seen }: { told: Truth; seen: Truth | undefined }): void {
  for (const { failures, slow } of seen ? [told, seen] : [told]) {
    if (circuit.kind === 'open' && failures < 3) throw new InvariantError(`${key} was ejected after ${failures} failures`);
    if (circuit.kind === 'degraded' && failures + slow < 3)
      throw new InvariantError(`${key} was degraded after ${failures} failures and ${slow} slow calls`);
  }
  // Of one that is out a probe may tell it, which is not counted.
  if (circuit.kind === 'misconfigured' && seen?.misconfigured === 0)
    throw new InvariantError(`${key} was called misconfigured, and never was`);
}

function sumOf(buckets: readonly Bucket[]): Truth {
  const truth = { failures: 0, slow: 0, misconfigured: 0 };
  for (const { counters } of buckets) {
    truth.failures += counters.faults + counters.ambiguous + counters.notReady;
    truth.slow += counters.slow;
    truth.misconfigured += counters.misconfigured;
  }
  return truth;
}

type OverlayWrite = { next: RoutingOverlay; fleetVersion: number };

/** What must hold of every overlay that is written. */
export function checkOverlay(written: OverlayWrite, previous: OverlayWrite | undefined, table: RoutingTable): void {
  const { next, fleetVersion } = written;
  const parsed = RoutingOverlay.safeParse(next);
  if (!parsed.success) throw new InvariantError(`an overlay does not keep its schema: ${JSON.stringify(parsed.error.issues)}`);
  checkTiers(next, table);
  if (!previous) return;
  if (fleetVersion < previous.fleetVersion)
    throw new InvariantError(`the overlay of version ${fleetVersion} was written over that of ${previous.fleetVersion}`);
  if (next.seq !== previous.next.seq + 1) throw new InvariantError(`overlay ${next.seq} was written over ${previous.next.seq}`);
  const apartMs = next.publishedAt - previous.next.publishedAt;
  if (apartMs < 1_000) throw new InvariantError(`two overlays were written ${apartMs} ms apart`);
}

/** Never is everybody of a tier out, and shares are shares. */
function checkTiers(overlay: RoutingOverlay, table: RoutingTable): void {
  const shareOf = (id: string): number => {
    const target = table.targets[id];
    return (target && overlay.targets[targetKey(target)]?.share) ?? 1;
  };
  for (const { name, candidates, fallbacks } of Object.values(table.routes)) {
    const tiers = [...Map.groupBy(candidates, ({ tier = 0 }) => tier).values()].map((places) => places.map(({ target }) => target));
    const closed = [...tiers, fallbacks].find((ids) => ids.length > 0 && ids.every((id) => shareOf(id) === 0));
    if (closed) throw new InvariantError(`all targets of a tier of ${name} are out: ${closed.join(', ')}`);
  }
}
