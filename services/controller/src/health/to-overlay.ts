import { type OverlayTarget, type RoutingOverlay, SCHEMA_VERSION } from '@signalbox/contracts';
import { percent, toReason } from './describe.ts';
import type { FleetEvaluation, JudgedMember } from './evaluate-fleet.ts';
import { LAST_OF_TIER_SHARE, OVERLAY } from './thresholds.ts';

type Entry = [key: string, entry: OverlayTarget];
type OverlayInput = { evaluation: Pick<FleetEvaluation, 'targets' | 'panic' | 'suspectSlots'>; seq: number; now: number };

/**
 * The document that processes route by: sparse, in the order of its keys, and within its size. When it does not fit, what a person
 * decided stays before all, then those that lose most of their traffic.
 */
export function toOverlay({ evaluation, seq, now }: OverlayInput): RoutingOverlay {
  const { targets, panic, suspectSlots } = evaluation;
  const entries = targets.filter(isWorthSaying).map((member): Entry => [member.key, toEntry(member)]);
  const frame: RoutingOverlay = {
    schemaVersion: SCHEMA_VERSION,
    seq,
    publishedAt: now,
    targets: {},
    panic: panic.toSorted(),
    ...(suspectSlots.length > 0 && { suspectSlots }),
  };
  const fitting = fit(entries, OVERLAY.maxBytes - sizeOf(frame));
  return { ...frame, targets: Object.fromEntries(fitting.sort(([one], [other]) => (one < other ? -1 : 1))) };
}

function isWorthSaying({ health, share, hold }: JudgedMember): boolean {
  return hold !== undefined || share < 1 || health.circuit.kind !== 'closed';
}

function toEntry({ health, share, hold, isLastOfTier, latencyMs }: JudgedMember): OverlayTarget {
  const latency = latencyMs === undefined ? {} : { latencyMs };
  if (hold) {
    const reason = toReason(`by ${hold.author}: ${hold.reason}`);
    const { author, until } = hold;
    return { state: stateOfShare(share), share, reason, since: hold.since, ...latency, manual: true, hold: { author, until } };
  }
  const { circuit, throttle } = health;
  const told = circuit.kind === 'closed' ? { reason: throttle.reason, since: throttle.changedAt } : circuit;
  const reason = isLastOfTier ? toReason(`${percent(LAST_OF_TIER_SHARE)} as last of a tier; ${told.reason}`) : told.reason;
  return { state: circuit.kind, share: round(share), reason, since: told.since, ...latency };
}

function stateOfShare(share: number): OverlayTarget['state'] {
  if (share === 0) return 'open';
  return share === 1 ? 'closed' : 'degraded';
}

/** Four digits: what is finer changes nothing but the document. A share that is not 0 stays so. */
function round(share: number): number {
  return share === 0 ? 0 : Math.max(0.0001, Math.round(share * 10_000) / 10_000);
}

function fit(entries: readonly Entry[], maxBytes: number): Entry[] {
  const mostImportantFirst = entries.toSorted(
    ([, one], [, other]) => Number(other.manual ?? false) - Number(one.manual ?? false) || one.share - other.share,
  );
  let bytes = 0;
  return mostImportantFirst.filter((entry) => {
    const size = sizeOf({ [entry[0]]: entry[1] });
    if (bytes + size > maxBytes) return false;
    bytes += size;
    return true;
  });
}

function sizeOf(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}
