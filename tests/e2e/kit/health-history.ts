import type { RoutingOverlay } from '@signalbox/contracts';
import type { SeenEvent } from './bus-listener.ts';

type Condition = { state: string; healthShare: number; throttleShare: number };

/** One entry of a target's history, as its event told it. */
export type HealthChange = { type: string; at: number; from: string; to: string; share: number; reason: string };

/** What the controller told of a target, in the order in which it happened. An event that came twice counts once. */
export function historyOf(events: readonly SeenEvent[], target: string): HealthChange[] {
  const own = events.filter(
    ({ source, detailType, data }) => source === 'signalbox.controller' && detailType.startsWith('Target') && data.target === target,
  );
  return [...new Map(own.map((event) => [event.metadata.id, event])).values()].map(toChange).toSorted((one, other) => one.at - other.at);
}

/** What each overlay that spoke of a target gave it of its traffic, in the order of their sequence. */
export function sharesOf(events: readonly SeenEvent[], target: string): { at: number; seq: number; share: number }[] {
  return overlaysOf(events).flatMap(({ at, previous, current }) => {
    const key = [...Object.keys(previous.targets), ...Object.keys(current.targets)].find((one) => one.startsWith(`${target}@`));
    // An overlay says nothing of a target that has all of its traffic.
    return key === undefined ? [] : [{ at, seq: current.seq, share: current.targets[key]?.share ?? 1 }];
  });
}

type Excerpt = Pick<RoutingOverlay, 'seq' | 'targets' | 'panic'>;

/** The overlays as they were told, in the order of their sequence. */
export function overlaysOf(events: readonly SeenEvent[]): { at: number; previous: Excerpt; current: Excerpt }[] {
  const told = events.filter(({ detailType }) => detailType === 'RoutingOverlayChanged');
  return [...new Map(told.map((event) => [event.metadata.id, event])).values()]
    .map(({ metadata, data }) => ({
      at: Date.parse(metadata.occurredAt),
      previous: data.previous as Excerpt,
      current: data.current as Excerpt,
    }))
    .toSorted((one, other) => one.current.seq - other.current.seq);
}

function toChange({ detailType, metadata, data }: SeenEvent): HealthChange {
  const [previous, current] = [data.previous as Condition & object, data.current as Condition & object];
  return {
    type: detailType,
    at: Date.parse(metadata.occurredAt),
    from: previous.state,
    to: current.state,
    share: current.healthShare * current.throttleShare,
    reason: String(data.reason),
  };
}
