import { isDeepStrictEqual } from 'node:util';
import { CONTROLLER_SOURCE, type OutgoingEvent, type OverlayExcerpt, type RoutingOverlay, SCHEMA_VERSION } from '@signalbox/contracts';

/** Targets of which the reason speaks one by one. */
const MAX_TOLD = 5;

type ChangeInput = { previous: RoutingOverlay | undefined; current: RoutingOverlay; stage: string };

/** What an overlay changed against the one before; undefined when only figures moved that nobody routes by, as in a heartbeat. */
export function toOverlayChanged({ previous, current, stage }: ChangeInput): OutgoingEvent | undefined {
  const keys = [...new Set([...Object.keys(previous?.targets ?? {}), ...Object.keys(current.targets)])];
  const changed = keys.filter((key) => !isDeepStrictEqual(withoutLatency(previous, key), withoutLatency(current, key)));
  const [before, after] = [excerpt(previous, changed), excerpt(current, changed)];
  const isSame = isDeepStrictEqual(before.panic, after.panic) && isDeepStrictEqual(before.suspectSlots, after.suspectSlots);
  if (changed.length === 0 && isSame) return undefined;
  const metadata = {
    id: `overlay#${current.seq}`,
    version: SCHEMA_VERSION,
    occurredAt: new Date(current.publishedAt).toISOString(),
    correlationId: 'overlay',
  };
  const reason = [...describeTargets(changed, current), ...describeFleet(before, after)].join('; ');
  return {
    source: CONTROLLER_SOURCE,
    detailType: 'RoutingOverlayChanged',
    detail: { metadata, data: { stage, previous: before, current: after, reason } },
  };
}

function withoutLatency(overlay: RoutingOverlay | undefined, key: string) {
  const { latencyMs: _, ...entry } = overlay?.targets[key] ?? {};
  return entry;
}

function excerpt(overlay: RoutingOverlay | undefined, keys: readonly string[]): OverlayExcerpt {
  const { seq, targets = {}, panic = [], suspectSlots = [] } = overlay ?? {};
  const told = Object.entries(targets).filter(([key]) => keys.includes(key));
  return { ...(seq !== undefined && { seq }), targets: Object.fromEntries(told), panic, suspectSlots };
}

function describeTargets(changed: readonly string[], current: RoutingOverlay): string[] {
  const told = changed.slice(0, MAX_TOLD).map((key) => {
    const id = key.slice(0, key.lastIndexOf('@'));
    return `${id}: ${current.targets[key]?.reason ?? 'all of its traffic again'}`;
  });
  return changed.length > MAX_TOLD ? [...told, `and ${changed.length - MAX_TOLD} more`] : told;
}

function describeFleet(before: OverlayExcerpt, after: OverlayExcerpt): string[] {
  const entered = after.panic.filter((route) => !before.panic.includes(route));
  const left = before.panic.filter((route) => !after.panic.includes(route));
  const suspects = isDeepStrictEqual(before.suspectSlots, after.suspectSlots)
    ? []
    : [`suspect tenants: ${after.suspectSlots.length} slots`];
  return [...entered.map((route) => `route ${route}: nobody is up`), ...left.map((route) => `route ${route}: out of panic`), ...suspects];
}
