import { targetKey } from '@signalbox/contracts/target-key';
import { UnavailableError } from '@signalbox/runtime/errors';
import { bucketOf, countProbe, type FleetHealth, peersInFleet, recordProbe, saveFleet, type TargetHealth } from './health/index.ts';
import { type Case, type CasePorts, loadCase, nextVersion } from './judge-fleet.ts';
import type { CounterStore, Publish } from './ports.ts';
import { type ProbeResult, type ProbeTask, toIso } from './probe-task.ts';
import { settleAll } from './settle-all.ts';
import { toTargetEvents } from './target-events.ts';

const TRIES = 8;
/** A probe that could not be made is tried again after so long. */
const SKIPPED_WAIT_MS = 30_000;

/** What the state machine does next: another probe, with this as its whole state, or nothing. */
export type NextStep = ({ next: 'probe' } & ProbeTask) | { next: 'end'; result: string };

export type RecordPorts = CasePorts & {
  counters: CounterStore;
  publish: Publish;
  /** Judges the fleet and does what follows. */
  judge: () => Promise<unknown>;
  stage: string;
  random: () => number;
};

type Recovery = Extract<ProbeTask, { purpose: 'recovery' }>;
type Evidence = Extract<ProbeTask, { purpose: 'evidence' }>;
type Probed = Extract<ProbeResult, { kind: 'probed' }>;

/** Notes what a probe came to, and says whether the execution goes on. */
export function createRecordProbeResult(ports: RecordPorts): (task: ProbeTask, result: ProbeResult) => Promise<NextStep> {
  return async (task, result) => {
    if (result.kind === 'gone') return { next: 'end', result: 'the routing table has no such target any more' };
    if (result.kind === 'skipped') return nextProbe(task, ports.now() + SKIPPED_WAIT_MS);
    return task.purpose === 'recovery' ? recordRecovery(ports, task, result) : recordEvidence(ports, task, result);
  };
}

/** Evidence counts like traffic, and is judged when it is complete or speaks against the target. */
async function recordEvidence(ports: RecordPorts, task: Evidence, probe: Probed): Promise<NextStep> {
  await ports.counters.add({ key: task.key, bucketStart: bucketOf(probe.startedAt), counters: countProbe(probe) });
  const step = nextProbe(task, probe.startedAt + task.gapMs);
  if (step.next === 'end' || probe.outcome !== 'succeeded') await ports.judge();
  return step;
}

/** Written on condition of the states that it was made from, as every judgement is; an execution that is stale writes nothing. */
async function recordRecovery(ports: RecordPorts, task: Recovery, probe: Probed): Promise<NextStep> {
  for (let tried = 0; tried < TRIES; tried++) {
    const known = await loadCase(ports);
    const { table, fleet, buckets, holds, now } = known;
    const target = Object.hasOwn(table.targets, task.id) ? table.targets[task.id] : undefined;
    const health = Object.hasOwn(fleet.targets, task.key) ? fleet.targets[task.key] : undefined;
    if (!target || !health || targetKey(target) !== task.key) return { next: 'end', result: 'nothing is kept of the target' };
    const peers = peersInFleet({ table, fleet, buckets, holds, now }, task.id);
    const recorded = recordProbe({ target, health, seq: task.seq, run: task.run, probe, now, random: ports.random, peers });
    if (recorded.kind === 'stale') return { next: 'end', result: 'the target has moved on' };
    if ((await writeTarget(ports, known, { key: task.key, health: recorded.health })) === 'conflict') continue;
    const events = toTargetEvents({ target, previous: health, current: recorded.health, stage: ports.stage, now });
    // Its share changed, or its state has another name: the overlay is to say so now.
    if (events.length > 0) await settleAll([ports.judge(), ...events.map((event) => ports.publish(event))]);
    return recorded.kind === 'returned' ? { next: 'end', result: recorded.health.circuit.reason } : nextProbe(task, recorded.until);
  }
  throw new UnavailableError({ message: `The states of the fleet were written by others ${TRIES} times while a probe was noted.` });
}

function writeTarget(
  ports: RecordPorts,
  known: Case,
  { key, health }: { key: string; health: TargetHealth },
): Promise<'written' | 'conflict'> {
  const fleet: FleetHealth = { ...known.fleet, targets: { ...known.fleet.targets, [key]: health } };
  return ports.fleet.write({ text: saveFleet(fleet), version: nextVersion(known) }, known.version);
}

function nextProbe(task: ProbeTask, at: number): NextStep {
  const probesLeft = task.probesLeft - 1;
  return probesLeft > 0
    ? { next: 'probe', ...task, probesLeft, probeAt: toIso(at) }
    : { next: 'end', result: 'all probes of this execution are made' };
}
