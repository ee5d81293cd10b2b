import type { RoutingTable } from '@signalbox/contracts';
import type { Shares } from '../plan/overlay-shares.ts';
import type { Waiting } from './answer-result.ts';
import { type HoldCause, isThrottling } from './hold.ts';
import type { Asker, ProcessHealth } from './process-health.ts';
import type { Strikes } from './strikes.ts';
import { shorten } from './trial.ts';

/** A target that could take the request and that health did not let in: by the fleet's word, by a draw after a 429, or by a hold of this process. */
export type HeldOut = { target: string; share: number; cause: HoldCause | 'fleet' | 'eased-off'; forMs: number };

type HeldOutInput = {
  id: string;
  table: RoutingTable;
  health: ProcessHealth;
  asker: Asker;
  shares: Shares | undefined;
  fleet: Shares | undefined;
};

const WORDS = {
  resting: 'asked to be left alone',
  'at-quota': 'is at its quota',
  faulting: 'failed here just now',
  slow: 'is slow just now',
  'not-ready': 'is not ready',
  misconfigured: 'is misconfigured',
  probing: 'is being probed',
  fleet: 'is held out by the fleet',
  'eased-off': 'is asked for less after a throttle',
} as const satisfies Record<HeldOut['cause'], string>;

export function toHeldOut({ id, table, health, asker, shares, fleet }: HeldOutInput): HeldOut {
  const target = table.targets[id];
  if (!target) throw new Error(`The plan holds out the target "${id}", which routing table ${table.version} does not have`);
  const share = shares?.(target) ?? 1;
  if ((fleet?.(target) ?? 1) < 1) return { target: id, share, cause: 'fleet', forMs: 0 };
  const hold = health.holdOf(target, asker);
  return hold ? { target: id, share, ...hold } : { target: id, share, cause: 'eased-off', forMs: 0 };
}

/** True when the target may be let in where nothing else is left: it answers, or what is wrong may be wrong with us. */
export function mayBeOverlooked({ cause }: HeldOut): boolean {
  return cause === 'slow' || cause === 'misconfigured';
}

/** True when the targets are well, and only want less. */
export function areAllThrottled(heldOut: readonly HeldOut[]): boolean {
  return heldOut.length > 0 && heldOut.every(({ cause }) => cause === 'eased-off' || (cause !== 'fleet' && isThrottling(cause)));
}

/** Health holds every target out just now: on a queue that is a short wait. An empty list is the fleet's panic. */
export function waitForHealth(heldOut: readonly HeldOut[], strikes: Strikes): Waiting {
  const isThrottled = areAllThrottled(heldOut);
  // One that was drawn out by chance may be tried at any time.
  const retryAfterMs = Math.min(...heldOut.map(({ forMs }) => forMs));
  return {
    kind: 'waiting',
    reason: isThrottled ? 'throttled' : 'unavailable',
    detail: shorten(heldOut.map(({ target, cause }) => `${target} ${WORDS[cause]}`).join(', ') || 'every target of the route is out'),
    ...(isThrottled && retryAfterMs > 0 && { retryAfterMs }),
    strikes,
    costUsd: 0,
    attempts: [],
  };
}
