import type { ModelSource } from './answer.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { Exchange } from './exchange.ts';
import type { FaultStore } from './fault-store.ts';

/** What the services that answer for models share: the models, their faults, and the log of who called them. */
export type Simulator = {
  faults: FaultStore;
  attempts: AttemptLog;
  /** What answers a model id: a server on this machine, or a simulated model. */
  sourceOf(modelId: string): { source: ModelSource; isSimulated: boolean };
  /** Calls under way, which are broken off when the simulator stops. */
  open: Set<Exchange>;
  seed: number;
  log: (line: string) => void;
};
