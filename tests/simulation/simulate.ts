import { createWorld } from './create-world.ts';
import { InvariantError } from './invariants.ts';
import { type Measures, measure } from './measure.ts';
import type { Saying } from './record-story.ts';
import type { Scenario } from './scenarios.ts';

export type Run = {
  scenario: string;
  seed: number;
  /** Of the fleet's life. */
  seconds: number;
  measures: Measures;
  /** What the controller did; times in seconds of the run. */
  story: Saying[];
  /** Overlays written, probes made, and the like. */
  counts: Record<string, number>;
  /** Requests by how they ended. */
  ended: Record<string, number>;
};

/** A run that broke an invariant, with all that is needed to see it again. */
class SimulationError extends Error {
  constructor({ scenario, seed, second, cause }: { scenario: Scenario; seed: number; second: number; cause: unknown }) {
    const what = cause instanceof Error ? cause.message : String(cause);
    const which = scenario.faults
      ? `--swarm 1 --seed ${seed} --faults ${scenario.faults.join(',')}`
      : `--scenario ${scenario.id} --seed ${seed}`;
    super(`${scenario.id}, seed ${seed}, at ${second.toFixed(1)} s: ${what}. Again: npm run simulate -- ${which}`, { cause });
    this.name = 'SimulationError';
  }
}

/** Plays a scenario. The same seed gives the same run, to the last digit. */
export async function simulate(scenario: Scenario, seed: number): Promise<Run> {
  const world = createWorld(scenario, seed);
  const { ledger, story } = world;
  try {
    await world.run();
    if (scenario.endsWell) checkEnd(world.shares());
  } catch (cause) {
    throw new SimulationError({ scenario, seed, second: world.second(), cause });
  }
  return {
    scenario: scenario.id,
    seed,
    seconds: scenario.seconds,
    measures: measure({ scenario, ledger, story: story.sayings, fleetShare: story.fleetShare, falselyOut: world.falselyOut() }),
    story: story.sayings,
    counts: world.counts(),
    ended: ledger.ended,
  };
}

/** A target that is well again has all its traffic again. */
function checkEnd(shares: readonly { key: string; share: number; reason: string }[]): void {
  const short = shares.filter(({ share }) => share < 1).map(({ key, share, reason }) => `${key} at ${share} (${reason})`);
  if (short.length > 0) throw new InvariantError(`long after all is well targets are still out: ${short.join(', ')}`);
}
