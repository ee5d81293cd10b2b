import type { Circuit, Degraded, HalfOpen, Misconfigured, Open, Recovery } from '../circuit.ts';
import type { Peers } from '../peers.ts';
import { startHealth, type TargetHealth } from '../target-health.ts';
import { START } from './make-buckets.ts';

/** Two others that are well, and enough traffic for a ramp. */
export const WELL_PEERS: Peers = { failureRates: [0, 0], slowRates: [0, 0], isNeeded: false, requestsPerSecond: 100 };

/** What is kept of a target; what matters to the test is stated. */
export function makeHealth(stated: Partial<TargetHealth> = {}): TargetHealth {
  return { ...startHealth({ definition: 'd0' }, START - 3_600_000), seq: 1, ...stated };
}

const stated = { since: START, reason: 'for a test' };
const recovery: Recovery = { run: 1, heardAt: START, until: START + 30_000, passes: 0, failures: 0 };

export const circuits = {
  degraded: (more: Partial<Degraded> = {}): Circuit => ({ kind: 'degraded', ...stated, share: 0.3, changedAt: START, ...more }),
  open: (more: Partial<Open> = {}, stage: Partial<Recovery> = {}): Circuit => ({
    kind: 'open',
    ...stated,
    cause: 'faulting',
    ...more,
    recovery: { ...recovery, ...stage },
  }),
  halfOpen: (more: Partial<HalfOpen> = {}): Circuit => ({ kind: 'half-open', ...stated, step: 1, stepSince: START, ...more }),
  misconfigured: (more: Partial<Misconfigured> = {}, stage: Partial<Recovery> = {}): Circuit => ({
    kind: 'misconfigured',
    ...stated,
    ...more,
    recovery: { ...recovery, ...stage },
  }),
} as const;
