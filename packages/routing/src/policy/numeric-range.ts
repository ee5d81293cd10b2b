import { operatorOf } from './pattern-leaves.ts';

/** The numbers that a numeric condition takes. */
export type NumericRange = { lower: number; isLowerIn: boolean; upper: number; isUpperIn: boolean };

/** The range of a condition like `{ numeric: ['>', 0, '<=', 5] }`; undefined for any other. */
export function rangeOf(condition: unknown): NumericRange | undefined {
  const { operator, operand } = operatorOf(condition) ?? {};
  if (operator !== 'numeric' || !Array.isArray(operand)) return undefined;
  const range = { lower: Number.NEGATIVE_INFINITY, isLowerIn: true, upper: Number.POSITIVE_INFINITY, isUpperIn: true };
  for (let index = 0; index + 1 < operand.length; index += 2) {
    const [sign, limit] = [String(operand[index]), Number(operand[index + 1])];
    if (sign === '=' || sign.startsWith('>')) Object.assign(range, { lower: limit, isLowerIn: sign !== '>' });
    if (sign === '=' || sign.startsWith('<')) Object.assign(range, { upper: limit, isUpperIn: sign !== '<' });
  }
  return range;
}

/** True when every number of the one range is also in the other. */
export function isWithin(narrow: NumericRange, wide: NumericRange): boolean {
  const isAbove = narrow.lower > wide.lower || (narrow.lower === wide.lower && (wide.isLowerIn || !narrow.isLowerIn));
  const isBelow = narrow.upper < wide.upper || (narrow.upper === wide.upper && (wide.isUpperIn || !narrow.isUpperIn));
  return isAbove && isBelow;
}

/** The fewest tokens with which any of the conditions is met; undefined when one of them sets no limit from below. */
export function lowestLimit(conditions: readonly unknown[]): number | undefined {
  const limits = conditions.map((condition) => (typeof condition === 'number' ? condition : rangeOf(condition)?.lower));
  if (limits.length === 0 || limits.some((limit) => limit === undefined || limit === Number.NEGATIVE_INFINITY)) return undefined;
  return Math.min(...limits.filter((limit) => limit !== undefined));
}
