import type { Condition, Limit, Path } from './condition.ts';
import { EventPatternError } from './event-pattern-error.ts';

const BELOW_ALL: Limit = { value: Number.NEGATIVE_INFINITY, isIncluded: true };
const ABOVE_ALL: Limit = { value: Number.POSITIVE_INFINITY, isIncluded: true };

const COMPARISONS: Record<string, { side: 'exact' | 'lower' | 'upper'; isIncluded: boolean }> = {
  '=': { side: 'exact', isIncluded: true },
  '>': { side: 'lower', isIncluded: false },
  '>=': { side: 'lower', isIncluded: true },
  '<': { side: 'upper', isIncluded: false },
  '<=': { side: 'upper', isIncluded: true },
};

/** One comparison, or a lower and then an upper limit: `[">", 0, "<=", 5]`. */
export function compileNumeric(operand: unknown, at: Path): Condition {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new EventPatternError(at, 'must be a list of one or two comparisons, such as [">", 0, "<=", 5]');
  }
  const first = readComparison(operand[0], operand[1], [...at, 0]);
  if (operand.length === 2)
    return inRange(first.side === 'upper' ? BELOW_ALL : first.limit, first.side === 'lower' ? ABOVE_ALL : first.limit);
  const second = readComparison(operand[2], operand[3], [...at, 2]);
  if (first.side !== 'lower' || second.side !== 'upper')
    throw new EventPatternError(at, 'a range is a lower limit (>, >=) and then an upper one (<, <=)');
  if (first.limit.value >= second.limit.value) throw new EventPatternError(at, 'the lower limit must be below the upper one');
  return inRange(first.limit, second.limit);
}

function inRange(from: Limit, to: Limit): Condition {
  const isAbove = from.isIncluded ? (value: number) => value >= from.value : (value: number) => value > from.value;
  const isBelow = to.isIncluded ? (value: number) => value <= to.value : (value: number) => value < to.value;
  return { shape: { kind: 'range', from, to }, test: (value) => typeof value === 'number' && isAbove(value) && isBelow(value) };
}

function readComparison(operator: unknown, limit: unknown, at: Path): { side: string; limit: Limit } {
  const comparison = typeof operator === 'string' && Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  if (comparison === undefined) throw new EventPatternError(at, `must be one of ${Object.keys(COMPARISONS).join(' ')}`);
  if (typeof limit !== 'number') throw new EventPatternError(at, `${operator} must be followed by a number`);
  return { side: comparison.side, limit: { value: limit, isIncluded: comparison.isIncluded } };
}
