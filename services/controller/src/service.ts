/** The service without its Lambdas and stores: what a simulation runs, so that a fleet is judged there by the very code that is deployed. */
export { createCountBatch, type ObservedMessage } from './count-batch.ts';
export { createJudge } from './create-judge.ts';
export { createKeepJudged } from './keep-judged.ts';
export type {
  CounterStore,
  FleetStore,
  LeaseStore,
  OverlayStore,
  StoredFleet,
  StoredOverlay,
} from './ports.ts';
export { createProbeTarget } from './probe-target.ts';
export type { ProbeResult, ProbeTask } from './probe-task.ts';
export { readObserved } from './read-observed.ts';
export { createRecordProbeResult, type NextStep } from './record-probe-result.ts';
export { rememberBuckets } from './remember-buckets.ts';
export { createSeenEvents } from './seen-events.ts';
