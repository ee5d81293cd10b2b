import type { RoutingTarget } from '@signalbox/contracts';
import { targetKey } from '@signalbox/contracts/target-key';
import { createBoundedMap } from './bounded-map.ts';
import { beginCall, type Circuit, type CircuitCall, createCircuit, endCall, readmit, vouchFor } from './circuit.ts';
import { isForTenant } from './ejection.ts';
import type { HealthClass } from './health-class.ts';
import type { Hold } from './hold.ts';

/** Skips a target that just failed in this process, so that the next request does not have to find out. Times in milliseconds since the epoch. */
export type LocalBreaker = {
  /** To be called when a call begins, and what it gives when the call is over. */
  begin: (target: RoutingTarget, call: CircuitCall) => (health: HealthClass, now: number) => void;
  /** The request, which failed here, was answered elsewhere: it was no poison. */
  vouch: (target: RoutingTarget, request: string, now: number) => void;
  /** The fleet has let the target in again, by what it saw from then on: this process may look for itself now. */
  readmit: (target: RoutingTarget, wellSince: number, now: number) => void;
  /** Why a tenant's requests must not go to a target now. */
  holdOf: (target: RoutingTarget, tenant: string, now: number) => Hold | undefined;
  /** True when no target is held back at all. */
  isQuiet: (now: number) => boolean;
};

/** After its time an ejection waits for a request that probes it; without one for so long, nobody asks for the target any more. */
const FORGOTTEN_MS = 600_000;

/** Kept by target and definition; `random` is 0 up to, not including, 1. */
export function createLocalBreaker({ random }: { random: () => number }): LocalBreaker {
  const circuits = createBoundedMap<Circuit>();
  const open = new Set<Circuit>();
  const watch = (circuit: Circuit) => {
    if (circuit.ejection) open.add(circuit);
  };
  return {
    begin: (target, call) => {
      const circuit = circuits.get(targetKey(target), createCircuit);
      beginCall(circuit, call);
      return (health, now) => {
        endCall(circuit, call, health, { now, random });
        watch(circuit);
      };
    },
    vouch: (target, request, now) => {
      const circuit = circuits.peek(targetKey(target));
      if (!circuit) return;
      vouchFor(circuit, request, { now, random });
      watch(circuit);
    },
    readmit: (target, wellSince, now) => {
      const circuit = circuits.peek(targetKey(target));
      if (circuit) readmit(circuit, wellSince, now);
    },
    holdOf: (target, tenant, now) => holdOf(circuits.peek(targetKey(target)), tenant, now),
    isQuiet: (now) => {
      if (open.size === 0) return true;
      for (const circuit of open) if (!circuit.ejection || isForgotten(circuit, now)) open.delete(circuit);
      return open.size === 0;
    },
  };
}

function holdOf(circuit: Circuit | undefined, tenant: string, now: number): Hold | undefined {
  if (!circuit?.ejection || !isForTenant(circuit.ejection, tenant)) return undefined;
  const { cause, until } = circuit.ejection;
  if (now < until) return { cause, forMs: until - now };
  return circuit.probe ? { cause: 'probing', forMs: 0 } : undefined;
}

function isForgotten({ ejection, probe }: Circuit, now: number): boolean {
  return ejection !== undefined && !probe && now - ejection.until > FORGOTTEN_MS;
}
