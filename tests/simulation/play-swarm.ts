import { type Job, startPlayer } from './run-many.ts';
import type { Run } from './simulate.ts';
import { type FaultName, faultsOf, shrinkFaults } from './swarm.ts';

export type SwarmFailure = { seed: number; faults: readonly FaultName[]; needed: readonly FaultName[]; error: unknown };

type Options = {
  seeds: readonly number[];
  /** In place of those that each seed turns on. */
  faults: readonly FaultName[] | undefined;
  threads: number;
  onRun: (run: Run, faults: readonly FaultName[]) => void;
  onFailure: (failure: SwarmFailure) => void;
};

/** Plays every seed with its faults; of one that fails, finds out which of its faults it takes. Gives the number of failures. */
export async function playSwarm({ seeds, faults: given, threads, onRun, onFailure }: Options): Promise<number> {
  const waiting = [...seeds];
  let failures = 0;
  const work = async () => {
    const player = startPlayer();
    const play = (seed: number, faults: readonly FaultName[]) => player.play(jobOf(seed, faults));
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const own = seed;
      const faults = given ?? faultsOf(own);
      try {
        onRun(await play(own, faults), faults);
      } catch (error) {
        failures++;
        const isFailing = (fewer: readonly FaultName[]) =>
          play(own, fewer).then(
            () => false,
            () => true,
          );
        onFailure({ seed: own, faults, needed: await shrinkFaults(faults, isFailing), error });
      }
    }
    await player.stop();
  };
  await Promise.all(Array.from({ length: Math.min(threads, seeds.length) }, work));
  return failures;
}

function jobOf(seed: number, faults: readonly FaultName[]): Job {
  return { scenario: 'swarm', seed, faults };
}
