import {
  CONTROLLER_SOURCE,
  type OutgoingEvent,
  type RoutingTarget,
  SCHEMA_VERSION,
  type TargetCondition,
  type TargetEjected,
} from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { faultShare, type TargetHealth, thresholdsFor } from './health/index.ts';

/** A target whose state is another one than before. */
type TargetChange = { target: RoutingTarget; previous: TargetHealth; current: TargetHealth; stage: string; now: number };

const DETAIL_TYPES = {
  closed: 'TargetRestored',
  degraded: 'TargetDegraded',
  open: 'TargetEjected',
  'half-open': 'TargetProbing',
  misconfigured: 'TargetEjected',
} as const satisfies Record<TargetHealth['circuit']['kind'], string>;

/** The events of a change: of its circuit, and of whether its quota bears all of its traffic. */
export function toTargetEvents(change: TargetChange): OutgoingEvent[] {
  const { target, previous, current } = change;
  const key = targetKey(target);
  const events: OutgoingEvent[] = [];
  const { circuit, throttle } = current;
  if (circuit.kind !== previous.circuit.kind) {
    const id = `${key}#${current.seq}#${circuit.kind}`;
    events.push(toEvent({ change, detailType: DETAIL_TYPES[circuit.kind], id, reason: circuit.reason }));
  }
  if ((throttle.share === 1) !== (previous.throttle.share === 1)) {
    const [detailType, word] =
      throttle.share === 1 ? (['TargetRestored', 'unthrottled'] as const) : (['TargetThrottled', 'throttled'] as const);
    events.push(toEvent({ change, detailType, id: `${key}#${throttle.changedAt}#${word}`, reason: throttle.reason }));
  }
  return events;
}

type EventInput = { change: TargetChange; detailType: string; id: string; reason: string };

function toEvent({ change, detailType, id, reason }: EventInput): OutgoingEvent {
  const { target, previous, current, stage, now } = change;
  const data: TargetEjected['data'] = {
    stage,
    target: target.id,
    definition: target.definition,
    previous: toCondition(target, previous),
    current: toCondition(target, current),
    reason,
  };
  // The same each time it is told: by the state's own sequence, not by the clock of who tells it.
  const metadata = { id, version: SCHEMA_VERSION, occurredAt: new Date(now).toISOString(), correlationId: targetKey(target) };
  return { source: CONTROLLER_SOURCE, detailType, detail: { metadata, data } };
}

function toCondition(target: RoutingTarget, { circuit, throttle }: TargetHealth): TargetCondition {
  const healthShare = faultShare(circuit, thresholdsFor(target));
  return { state: circuit.kind, healthShare, throttleShare: throttle.share, since: circuit.since };
}
