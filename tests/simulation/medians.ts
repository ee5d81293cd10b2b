import { type Measures, quantile } from './measure.ts';
import type { Run } from './simulate.ts';

export type Medians = { scenario: string; seeds: number; measures: Measures };

/** The medians of the runs of each scenario, in the order in which the scenarios are given. A figure that most runs lack is lacking. */
export function mediansOf(runs: readonly Run[], scenarios: readonly string[]): Medians[] {
  return scenarios.flatMap((scenario) => {
    const own = runs.filter((run) => run.scenario === scenario);
    return own.length === 0 ? [] : [{ scenario, seeds: own.length, measures: medianMeasures(own.map(({ measures }) => measures)) }];
  });
}

function medianMeasures(all: readonly Measures[]): Measures {
  const names = [...new Set(all.flatMap(Object.keys))] as (keyof Measures)[];
  return Object.fromEntries(names.map((name) => [name, median(all.map((one) => one[name]))])) as Measures;
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const found = values.map((value) => value ?? Number.POSITIVE_INFINITY);
  const middle = quantile(found, 0.5);
  return Number.isFinite(middle) ? middle : undefined;
}
