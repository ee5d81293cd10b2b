import { Worker } from 'node:worker_threads';
import type { Run } from './simulate.ts';
import type { FaultName } from './swarm.ts';

/** `faults`: of a run of the swarm, in place of a named scenario. */
export type Job = { scenario: string; seed: number; faults?: readonly FaultName[] };

type Options = {
  threads: number;
  /** By `performance.now()`: no run begins later. */
  endsAt?: number;
  onRun: (run: Run) => void;
  onFailure: (error: unknown) => void;
};

/** Plays all jobs in their order, so many at a time, and tells each as it ends, those that break an invariant too. Gives the runs that kept them. */
export async function runMany(
  jobs: readonly Job[],
  { threads, endsAt = Number.POSITIVE_INFINITY, onRun, onFailure }: Options,
): Promise<Run[]> {
  const waiting = [...jobs];
  const runs: Run[] = [];
  const work = async () => {
    const player = startPlayer();
    for (let job = waiting.shift(); job && performance.now() < endsAt; job = waiting.shift()) {
      try {
        const run = await player.play(job);
        runs.push(run);
        onRun(run);
      } catch (error) {
        onFailure(error);
      }
    }
    await player.stop();
  };
  await Promise.all(Array.from({ length: Math.min(threads, jobs.length) }, work));
  return runs;
}

/** Most of a run lives shortly, and much of it a little too long for what is usual. */
const YOUNG_MB = 256;

type Told = { run: Run; error?: undefined } | { run?: undefined; error: unknown };

/** A thread that plays one job after another: the second is quicker than the first, and the same as it would be alone. */
export function startPlayer() {
  let worker: Worker | undefined;
  return {
    /** Rejects with what broke the run; after a thread that died of it, the next job has a new one. */
    play(job: Job): Promise<Run> {
      const own =
        worker ?? new Worker(new URL('./run-worker.ts', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
      worker = own;
      return new Promise((resolve, reject) => {
        const die = (cause: unknown) => {
          if (worker === own) worker = undefined;
          reject(new Error(`The thread of ${job.scenario}, seed ${job.seed}, died before the end of its run.`, { cause }));
        };
        own.once('error', die);
        own.once('exit', die);
        own.once('message', ({ run, error }: Told) => {
          own.off('error', die);
          own.off('exit', die);
          if (run) resolve(run);
          else reject(error);
        });
        own.postMessage(job);
      });
    },
    stop: async () => void (await worker?.terminate()),
  };
}
