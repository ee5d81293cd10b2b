import type { Measures } from './measure.ts';
import type { Medians } from './medians.ts';
import { publishedRow, RIVALS } from './published-rows.ts';

/** A figure in which somebody else does better. */
export type Better = { scenario: string; what: string; ours: number | undefined; theirs: number; rival: string };

type Compared = 'p99' | 'exposure' | 'attempts' | 'detect' | 'recover';
const WHAT: Readonly<Record<Compared, string>> = {
  p99: 'p99, seconds',
  exposure: 'tries at the sick targets, per hundred',
  attempts: 'attempts per request',
  detect: 'seconds to detect',
  recover: 'seconds to recover',
};
/** Differences up to this part of our figure are the rounding of what was published. */
const CLEARLY = 0.05;

/** The best of the others in each figure in which one is clearly better. Who never left a sick target has not recovered from anything. */
export function findBetter(medians: readonly Medians[]): Better[] {
  return medians.flatMap(({ scenario, measures }) =>
    (Object.keys(WHAT) as Compared[]).flatMap((compared) => {
      const ours = ourFigure(measures, compared);
      const [best] = theirFigures(scenario, compared).sort((one, other) => one.theirs - other.theirs);
      const isBetter = best && (ours === undefined ? compared === 'detect' : best.theirs < ours * (1 - CLEARLY));
      return isBetter ? [{ scenario, what: WHAT[compared], ours, ...best }] : [];
    }),
  );
}

function ourFigure(measures: Measures, compared: Compared): number | undefined {
  return compared === 'attempts' ? measures.attemptsPerRequest : measures[compared];
}

function theirFigures(scenario: string, compared: Compared): { theirs: number; rival: string }[] {
  return (publishedRow(scenario) ?? []).flatMap((one, index) => {
    const theirs = one?.[compared];
    const hasLeft = compared !== 'recover' || typeof one?.detect === 'number';
    return typeof theirs === 'number' && hasLeft ? [{ theirs, rival: RIVALS[index] ?? '' }] : [];
  });
}
