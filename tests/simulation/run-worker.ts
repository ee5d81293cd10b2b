import { parentPort } from 'node:worker_threads';
import type { Job } from './run-many.ts';
import { findScenario, type Scenario } from './scenarios.ts';
import { simulate } from './simulate.ts';
import { makeSwarm } from './swarm.ts';

/** A thread that plays each run that it is told, one after the other, and tells what came of it. */
parentPort?.on('message', async (job: Job) => {
  try {
    parentPort?.postMessage({ run: await simulate(scenarioOf(job), job.seed) });
  } catch (error) {
    parentPort?.postMessage({ error });
  }
});

function scenarioOf({ scenario, seed, faults }: Job): Scenario {
  return faults ? makeSwarm(seed, faults) : findScenario(scenario);
}
