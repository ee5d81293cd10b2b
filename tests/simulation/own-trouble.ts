/** What is wrong with our own parts; seconds of the run, shares from 0 to 1. */
export type OwnTrouble = {
  /** Nobody counts, judges or records in that time. */
  controllerAway?: Span;
  /** The controller's tables: such a share of accesses fails, half of them after the write was done. */
  storeErrors?: Span & { share: number };
  /** Such a share of turns is given to two at once. */
  lostTurns?: number;
  /** Such a share of the consumer's invocations dies between two accesses to its tables. */
  consumerCrashes?: number;
  /** Such a share of a recovery's steps is where its execution is stopped for good. */
  killedRecoveries?: number;
  /** Such a share of a worker's receives dies after the call, before anything of it is noted. */
  workerCrashes?: number;
  /** Clocks of processes are off by up to so many seconds, either way. */
  skewSeconds?: number;
};

export type Span = { from: number; to: number };

export function isWithin(span: Span | undefined, second: number): boolean {
  return span !== undefined && second >= span.from && second < span.to;
}
