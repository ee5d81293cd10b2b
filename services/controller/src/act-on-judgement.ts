import type { OutgoingEvent } from '@signalbox/contracts';
import type { Judgement } from './judge-fleet.ts';
import type { CountMetrics, Note, Publish, StartExecution } from './ports.ts';
import { toEvidence, toRecovery } from './probe-task.ts';
import type { OverlayWritten } from './publish-overlay.ts';
import { settleAll } from './settle-all.ts';
import { toTargetEvents } from './target-events.ts';

export type ActPorts = {
  publishOverlay: (judgement: Judgement) => Promise<OverlayWritten>;
  startExecution: StartExecution;
  publish: Publish;
  count: CountMetrics;
  note: Note;
  stage: string;
};

/**
 * Does what follows from a judgement that stands, side by side: the overlay, recoveries, probes and events. What fails does not keep the
 * rest from being done, and is thrown at the end, all of it.
 */
export function createActOnJudgement(ports: ActPorts): (judgement: Judgement) => Promise<OverlayWritten> {
  return async (judgement) => {
    ports.count(countState(judgement));
    noteChanges(judgement, ports.note);
    const overlay = ports.publishOverlay(judgement);
    const started = executionsOf(judgement).map((execution) => ports.startExecution(execution));
    const published = eventsOf(judgement, ports.stage).map((event) => ports.publish(event));
    await settleAll([overlay, ...started, ...published]);
    return overlay;
  };
}

function noteChanges({ evaluation }: Judgement, note: Note): void {
  for (const { id, previous, current } of evaluation.changes) {
    const { kind, reason } = current.circuit;
    note('info', 'A target changed', { target: id, from: previous.circuit.kind, to: kind, reason });
  }
}

function executionsOf({ evaluation, now }: Judgement) {
  return [...evaluation.recoveries.map(toRecovery), ...evaluation.probes.map((order) => toEvidence(order, now))];
}

function eventsOf({ evaluation, table, now }: Judgement, stage: string): OutgoingEvent[] {
  return evaluation.changes.flatMap(({ id, previous, current }) => {
    const target = table.targets[id];
    return target ? toTargetEvents({ target, previous, current, stage, now }) : [];
  });
}

/** Zeros too: an alarm must see that a panic is over. */
function countState({ evaluation }: Judgement): Map<string, number> {
  const inState = (kind: string) => evaluation.targets.filter(({ health }) => health.circuit.kind === kind).length;
  return new Map([
    ['HealthJudgements', 1],
    ['RoutesInPanic', evaluation.panic.length],
    ['TargetsOpen', inState('open')],
    ['TargetsMisconfigured', inState('misconfigured')],
    ['TargetsDegraded', inState('degraded')],
    ['TargetsHeld', evaluation.targets.filter(({ hold }) => hold).length],
    ['SuspectTenantSlots', evaluation.suspectSlots.length],
  ]);
}
