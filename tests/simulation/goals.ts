import type { Measures } from './measure.ts';
import type { Medians } from './medians.ts';

type Goal = { scenario: string; measure: keyof Measures; atMost: number; what: string };

const SINGLE_FAULTS = ['S1', 'S2', 'S3', 'S4', 'S4b', 'S5', 'S5b', 'S8', 'S10', 'S11', 'S13a'] as const;

/** What the fleet is to come to, by the medians over the seeds. */
const GOALS: readonly Goal[] = [
  ...timesOf('S1', { detect: 15, recover: 60 }),
  ...timesOf('S2', { detect: 35, recover: 75 }),
  ...timesOf('S3', { detect: 25, recover: 75 }),
  // No other goal says how soon: what a quota bears again is found by trying, in windows of twenty seconds.
  { scenario: 'S4b', measure: 'recover', atMost: 180, what: 'seconds to recover' },
  ...SINGLE_FAULTS.map((scenario) => attemptsOf(scenario, 1.05)),
  ...['S7', 'S13b'].map((scenario) => attemptsOf(scenario, 1.6)),
  { scenario: 'S9b', measure: 'poisonMedian', atMost: 2, what: 'attempts of a request that fails everywhere, at the median' },
  { scenario: 'S9b', measure: 'poisonMost', atMost: 4, what: 'attempts of a request that fails everywhere, the most' },
  ...['S9a', 'S9b', 'S0', 'F6'].map(
    (scenario): Goal => ({ scenario, measure: 'falselyOpened', atMost: 0, what: 'healthy targets ejected' }),
  ),
  ...['S9a', 'S0', 'F6'].map(
    (scenario): Goal => ({ scenario, measure: 'falselyOut', atMost: 0.1, what: 'healthy but not asked, per hundred' }),
  ),
  ...['S1', 'S2', 'S3', 'S6', 'S9a', 'F3', 'F4', 'F5', 'F6'].map(
    (scenario): Goal => ({ scenario, measure: 'lost', atMost: 0, what: 'without an answer, per hundred' }),
  ),
];

export type Verdict = Goal & { figure: number | undefined; seeds: number; isMet: boolean };

/** How the runs did by each goal that they say something of. A figure that is lacking, as of a fault that was never seen, misses its goal. */
export function checkGoals(medians: readonly Medians[]): Verdict[] {
  return GOALS.flatMap((goal) => {
    const played = medians.find(({ scenario }) => scenario === goal.scenario);
    if (!played) return [];
    const figure = played.measures[goal.measure];
    return [{ ...goal, figure, seeds: played.seeds, isMet: figure !== undefined && figure <= goal.atMost }];
  });
}

function timesOf(scenario: string, { detect, recover }: { detect: number; recover: number }): Goal[] {
  return [
    { scenario, measure: 'detect', atMost: detect, what: 'seconds to detect' },
    { scenario, measure: 'recover', atMost: recover, what: 'seconds to recover' },
  ];
}

function attemptsOf(scenario: string, atMost: number): Goal {
  return { scenario, measure: 'attemptsPerRequest', atMost, what: 'attempts per request' };
}
