import type { Comparison } from '../kit/report.ts';
import type { CheckedAnswer, FuzzRun } from './fuzz-api.ts';

/** Fewer than that, and something kept it from asking. */
const MIN_ANSWERS = 1_000;
/** Asked of every operation; without its answer the run says nothing of it. */
const KEY_CHECK = 'ignored_auth';

/**
 * What the fuzzing found: a comparison for each operation and check that holds, and one for each kind of answer by which one does not hold, so that
 * a difference that is listed excuses no other.
 */
export function toComparisons({ selected, tested, errors, answers }: FuzzRun): Comparison[] {
  const byCheck = Map.groupBy(answers, nameOf);
  const found = [...byCheck].flatMap(([name, list]) => [
    ...(list.some(({ holds }) => holds) ? [{ name, ours: 'holds', theirs: 'holds' }] : []),
    ...brokenKinds(list).map((kind) => ({ name: `${name}: ${kind}`, ours: kind, theirs: 'not expected' })),
  ]);
  return [
    { name: 'operations tested', ours: selected, theirs: tested },
    { name: 'operations that refuse wrong keys', ours: operationsWith(answers, KEY_CHECK), theirs: selected },
    { name: 'errors of the run', ours: errors, theirs: [] },
    { name: `answers checked, at least ${MIN_ANSWERS}`, ours: answers.length >= MIN_ANSWERS, theirs: true },
    ...found,
  ];
}

/** A method that no operation has is asked of a path; there are many of them, and they are all one. */
function nameOf({ operation, path, check }: CheckedAnswer): string {
  return check === 'unsupported_method' ? `${path}: ${check}` : `${operation}: ${check}`;
}

function brokenKinds(list: readonly CheckedAnswer[]): string[] {
  const broken = list.filter(({ holds }) => !holds);
  return [...new Set(broken.map(({ status, code }) => [status ?? 'no answer', ...(code === undefined ? [] : [code])].join(' ')))].sort();
}

function operationsWith(answers: readonly CheckedAnswer[], wanted: string): number {
  return new Set(answers.filter(({ check, holds }) => check === wanted && holds).map(({ operation }) => operation)).size;
}
