import { type CallPace, createCallPace, notePace } from './call-pace.ts';
import { type Chance, type Ejection, ejectAsStated, ejectAt, isForTenant } from './ejection.ts';
import type { HealthClass } from './health-class.ts';
import {
  createHistory,
  hasBaseline,
  judgeHistory,
  noteAnswer,
  noteFailure,
  noteSlow,
  noteWitness,
  type TargetHistory,
} from './target-history.ts';

/** The breaker of one target. Times in milliseconds since the epoch. */
export type Circuit = {
  history: TargetHistory;
  /** Calls that began and are not over. */
  underWay: Set<CircuitCall>;
  pace: CallPace;
  ejection: Ejection | undefined;
  /** The call that decides over the ejection, while it is under way. */
  probe: CircuitCall | undefined;
  /** Ejections in a row before this one. */
  level: number;
  /** When it was last closed again. */
  closedAt: number;
};

/** One call; `request` names its request across tenants. `isSuspect`: it is of a tenant whose requests fail everywhere, so that its failures say little. */
export type CircuitCall = { request: string; tenant: string; startedAt: number; isSuspect?: boolean };

/** Closed for so long, a target begins again at the shortest ejection. */
const FORGIVEN_MS = 60_000;

export function createCircuit(): Circuit {
  return {
    history: createHistory(),
    underWay: new Set(),
    pace: createCallPace(),
    ejection: undefined,
    probe: undefined,
    level: 0,
    closedAt: Number.NEGATIVE_INFINITY,
  };
}

/** Notes that a call begins: the first one after the time of an ejection is its probe, unless it will fail whatever the target does. */
export function beginCall(circuit: Circuit, call: CircuitCall): void {
  const { ejection, probe } = circuit;
  circuit.underWay.add(call);
  if (!ejection) notePace(circuit.pace, call);
  if (ejection && !probe && !call.isSuspect && isForTenant(ejection, call.tenant) && call.startedAt >= ejection.until) circuit.probe = call;
}

/** Notes what a call came to. */
export function endCall(circuit: Circuit, call: CircuitCall, health: HealthClass, chance: Chance): void {
  const isProbe = circuit.probe === call;
  circuit.underWay.delete(call);
  if (isProbe) circuit.probe = undefined;
  if (health === 'well') endWell(circuit, call, chance.now);
  else if (call.isSuspect && (health === 'slow' || health === 'ambiguous')) endSuspect(circuit, call, health);
  else if (health === 'slow') endSlow(circuit, call, isProbe, chance);
  else if (health === 'not-ready' || health === 'misconfigured') endAsStated(circuit, call, isProbe, health, chance.now);
  else if (health === 'fault' || health === 'ambiguous') {
    if (isProbe) ejectFurther(circuit, 'faulting', chance);
    else endFailed(circuit, call, health, chance);
  }
}

/** Notes that a request which failed here was answered elsewhere. */
export function vouchFor(circuit: Circuit, request: string, chance: Chance): void {
  if (noteWitness(circuit.history, request)) judge(circuit, chance);
}

/** Notes that the fleet saw the target well from then on: what was taken out before may be probed at once. */
export function readmit({ ejection }: Circuit, wellSince: number, now: number): void {
  if (ejection && ejection.since < wellSince) ejection.until = Math.min(ejection.until, now);
}

function endWell(circuit: Circuit, { tenant, startedAt }: CircuitCall, now: number): void {
  noteAnswer(circuit.history, { tenant, startedAt, isInTime: true });
  // A call begun before the ejection was let in by the target as it was then.
  if (circuit.ejection && isForTenant(circuit.ejection, tenant) && startedAt >= circuit.ejection.since) close(circuit, now);
}

function endSlow(circuit: Circuit, call: CircuitCall, isProbe: boolean, chance: Chance): void {
  const counts = hasBaseline(circuit.history, chance.now);
  noteSlow(circuit.history, call.startedAt);
  if (isProbe && counts && circuit.ejection?.cause === 'slow') ejectFurther(circuit, 'slow', chance);
  else if (isProbe) {
    noteAnswer(circuit.history, { ...call, isInTime: false });
    close(circuit, chance.now);
  } else if (counts) endFailed(circuit, call, 'slow', chance);
}

/** It failed, or took long, as all that its tenant sends: that is no news of the target. */
function endSuspect(circuit: Circuit, { startedAt }: CircuitCall, health: 'slow' | 'ambiguous'): void {
  if (health === 'slow') noteSlow(circuit.history, startedAt);
}

function endAsStated(circuit: Circuit, call: CircuitCall, isProbe: boolean, cause: 'not-ready' | 'misconfigured', now: number): void {
  const isOutForAll = circuit.ejection && circuit.ejection.tenant === undefined;
  if (!isProbe && (isOutForAll || call.startedAt <= circuit.history.wellAt)) return;
  if (!circuit.ejection && isForgiven(circuit, now)) circuit.level = 0;
  circuit.ejection = ejectAsStated(cause, undefined, now);
}

function endFailed(
  circuit: Circuit,
  { request, tenant, startedAt }: CircuitCall,
  kind: 'fault' | 'ambiguous' | 'slow',
  chance: Chance,
): void {
  noteFailure(circuit.history, { request, tenant, startedAt, kind, isWitnessed: false });
  judge(circuit, chance);
}

/** Ejects by what the failures say: anew, or for everybody what was out for one tenant. */
function judge(circuit: Circuit, chance: Chance): void {
  const { ejection, history, underWay } = circuit;
  if (ejection && ejection.tenant === undefined) return;
  const verdict = judgeHistory(history, underWay, chance.now);
  if (!verdict || (ejection && verdict.tenant !== undefined)) return;
  if (!ejection) circuit.level = isForgiven(circuit, chance.now) ? 0 : circuit.level + 1;
  circuit.ejection = ejectAt(circuit.level, verdict, chance, circuit.pace.apartMs);
  circuit.probe = undefined;
}

function ejectFurther(circuit: Circuit, cause: 'faulting' | 'slow', chance: Chance): void {
  circuit.level++;
  circuit.ejection = ejectAt(circuit.level, { cause, tenant: circuit.ejection?.tenant }, chance, circuit.pace.apartMs);
}

function close(circuit: Circuit, now: number): void {
  circuit.ejection = undefined;
  circuit.probe = undefined;
  circuit.closedAt = now;
  // The time in which it was out is no pace.
  circuit.pace.last = undefined;
}

function isForgiven({ closedAt }: Circuit, now: number): boolean {
  return now - closedAt > FORGIVEN_MS;
}
