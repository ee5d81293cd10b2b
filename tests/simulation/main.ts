import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { checkGoals, type Verdict } from './goals.ts';
import type { Measures } from './measure.ts';
import { mediansOf } from './medians.ts';
import { playSwarm, type SwarmFailure } from './play-swarm.ts';
import { type Job, runMany } from './run-many.ts';
import { findScenario, SCENARIOS, type Scenario } from './scenarios.ts';
import type { Run } from './simulate.ts';
import { type FaultName, readFaults } from './swarm.ts';
import { toMarkdown } from './to-markdown.ts';

const USAGE = `npm run simulate --
  [--scenario S1,S2|all] [--seed 7 | --seeds 1-20]   named scenarios; medians over seeds
  [--swarm 100] [--seed 7] [--faults outage,slow]    so many seeds, each with faults of its own, or with these
  [--goals]                                          says which goals the medians keep; ends with 1 if one is missed
  [--write docs/simulation.md]                       writes the document of the figures
  [--add runs.json]                                  counts runs that --json wrote as if they were played now
  [--minutes 20]                                     begins no run after so long; medians are of those that were played
  [--threads 2] [--story] [--json]`;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    swarm: { type: 'string' },
    faults: { type: 'string' },
    goals: { type: 'boolean', default: false },
    threads: { type: 'string', default: String(availableParallelism()) },
    story: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    add: { type: 'string' },
    minutes: { type: 'string', default: 'Infinity' },
    write: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const threads = Number(values.threads);
/** With `--json` the runs alone go to where they can be read back. */
const say = values.json ? console.error : console.log;

if (values.help) console.log(USAGE);
else {
  const began = performance.now();
  const played = (await playScenarios()) + (await playFaults());
  const took = (performance.now() - began) / 1_000;
  const times = (played / took).toFixed(0);
  if (!values.json)
    console.log(`${(played / 60).toFixed(0)} minutes of the fleet in ${took.toFixed(0)} s, ${times} times as fast as it lived them`);
}

/** Seconds of the fleet that were played. */
async function playScenarios(): Promise<number> {
  if (!values.scenario && values.swarm) return 0;
  const chosen = values.scenario ?? 'S1';
  const scenarios = chosen === 'all' ? SCENARIOS : chosen.split(',').map(findScenario);
  const stated = values.seeds ?? values.seed;
  const seeds = readSeeds(stated);
  const endsAt = performance.now() + Number(values.minutes) * 60_000;
  const onFailure = (error: unknown) => {
    console.error(`FAILED ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  };
  const added = values.add === undefined ? [] : (JSON.parse(readFileSync(values.add, 'utf8')) as Run[]);
  const jobs = jobsOf(scenarios, seeds).filter(
    (job) => !added.some(({ scenario, seed }) => scenario === job.scenario && seed === job.seed),
  );
  const runs = await runMany(jobs, { threads, endsAt, onRun: tell, onFailure });
  const ids = scenarios.map(({ id }) => id);
  const medians = mediansOf([...added, ...runs], ids);
  const verdicts = checkGoals(medians);
  if (values.write)
    writeFileSync(values.write, toMarkdown({ medians, verdicts, seeds: stated, date: new Date().toISOString().slice(0, 10) }));
  if (values.json) console.log(JSON.stringify(runs));
  else if (seeds.length > 1) for (const { scenario, measures } of medians) console.log(`${scenario} median  ${describe(measures)}`);
  if (values.goals) tellGoals(verdicts);
  return runs.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Seconds of the fleet that were played. */
async function playFaults(): Promise<number> {
  if (!values.swarm) return 0;
  const [first = 1] = readSeeds(values.seed);
  const seeds = Array.from({ length: Number(values.swarm) }, (_, index) => first + index);
  const faults = values.faults === undefined ? undefined : readFaults(values.faults);
  let seconds = 0;
  const onRun = (run: Run, turnedOn: readonly FaultName[]) => {
    seconds += run.seconds;
    if (values.story || values.faults) tell(run);
    else console.log(`swarm seed ${run.seed}  ${turnedOn.join(', ') || 'nothing is wrong'}`);
  };
  const failures = await playSwarm({ seeds, faults, threads, onRun, onFailure: tellFailure });
  console.log(`swarm: ${seeds.length} seeds, ${failures} failed`);
  if (failures > 0) process.exitCode = 1;
  return seconds;
}

/** Seed by seed, so that the rows of a run that is ended early have about as many; the longest first, so that no thread waits long at the end. */
function jobsOf(scenarios: readonly Scenario[], seeds: readonly number[]): Job[] {
  const volume = ({ requestsPerSecond, seconds }: Scenario) => requestsPerSecond * seconds;
  const longestFirst = scenarios.toSorted((one, other) => volume(other) - volume(one));
  return seeds.flatMap((seed, index) =>
    longestFirst.filter(({ mostSeeds }) => index < mostSeeds).map(({ id }) => ({ scenario: id, seed })),
  );
}

function tell({ scenario, seed, measures, story, counts, ended }: Run): void {
  say(`${scenario} seed ${seed}  ${describe(measures)}`);
  if (!values.story) return;
  say(`  ${JSON.stringify(ended)} ${JSON.stringify(counts)}`);
  for (const { second, target, state, reason } of story) say(`  ${second.toFixed(1).padStart(7)} s  ${target}  ${state}: ${reason}`);
}

function tellGoals(verdicts: readonly Verdict[]): void {
  for (const { scenario, what, atMost, figure, seeds, isMet } of verdicts) {
    const shown = figure === undefined ? 'never' : Number(figure.toFixed(3));
    console.log(`${isMet ? 'kept  ' : 'MISSED'} ${scenario}: ${what}, at most ${atMost}: ${shown} (${seeds} seeds)`);
  }
  if (verdicts.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

function tellFailure({ seed, faults, needed, error }: SwarmFailure): void {
  console.log(`swarm seed ${seed} FAILED with ${faults.join(', ')}: ${error instanceof Error ? error.message : String(error)}`);
  console.log(`  It takes only these: npm run simulate -- --swarm 1 --seed ${seed} --faults ${needed.join(',')} --story`);
}

function describe(measures: Measures): string {
  return Object.entries(measures)
    .map(([name, value]) => `${name} ${value === undefined ? '–' : Number(value.toFixed(2))}`)
    .join('  ');
}

/** `7`, or from one to another: `1-20`. */
function readSeeds(text: string): number[] {
  const [first, last = first] = text.split('-').map(Number);
  if (first === undefined || last === undefined || !Number.isInteger(first) || !Number.isInteger(last) || last < first)
    throw new Error(`Seeds are a number or two with a dash between them, not "${text}". ${USAGE}`);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
