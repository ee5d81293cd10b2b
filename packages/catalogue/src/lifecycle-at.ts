import type { Model } from './model.ts';

export type LifecycleState = {
  stage: 'active' | 'legacy' | 'ended' | 'unknown';
  /** The first day without it; null when none is known. */
  endsOn: string | null;
  /** Days from the date until then, 0 from then on; null when the day is not known. */
  daysLeft: number | null;
  /** AWS's promise that it does not end before this day. */
  endsNoSoonerThan: string | null;
  successor: string | null;
  /** True for a model that AWS gives to selected accounts only; its stage is `active`. */
  isPreview: boolean;
  /** The day of the evidence: what AWS announced since is not in it. */
  asOf: string | null;
};

const DAY_MS = 86_400_000;

/** Where the model is in its life on a day (`YYYY-MM-DD`), as far as was announced by `asOf`. */
export function lifecycleAt({ lifecycle }: Model, date: string): LifecycleState {
  const { stage, endsOn, endsNoSoonerThan, successor, asOf } = lifecycle;
  const today = dayOf(date);
  const left = endsOn === null ? null : dayOf(endsOn) - today;
  return {
    stage: stageAt(stage, left),
    endsOn,
    daysLeft: left === null ? null : Math.max(0, left),
    endsNoSoonerThan,
    successor,
    isPreview: stage === 'preview',
    asOf,
  };
}

/** A model with an end in sight has been announced as legacy, also one that has ended since. */
function stageAt(stage: Model['lifecycle']['stage'], daysLeft: number | null): LifecycleState['stage'] {
  if (daysLeft !== null) return daysLeft <= 0 ? 'ended' : 'legacy';
  return stage === 'preview' ? 'active' : stage;
}

/** Days since 1970. */
function dayOf(date: string): number {
  const time = Date.parse(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(date) && date.length === 'YYYY-MM-DD'.length;
  if (!isDay) throw new RangeError(`"${date}" is not a date; write YYYY-MM-DD`);
  return time / DAY_MS;
}
