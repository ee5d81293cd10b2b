import { rangeOf } from './numeric-range.ts';
import { isMap, leavesOf, operatorOf, type PatternLeaf } from './pattern-leaves.ts';
import { REQUEST_DOCUMENT } from './request-document.ts';

/** True for a pattern that every request of the operation meets. */
export function takesEverything(pattern: unknown, operation: string | undefined): boolean {
  if (!isMap(pattern)) return false;
  const { $or: alternatives, ...fields } = pattern;
  const isOrMet =
    alternatives === undefined || (Array.isArray(alternatives) && alternatives.some((one) => takesEverything(one, operation)));
  return isOrMet && leavesOf(fields, []).every((leaf) => isAlwaysMet(leaf, operation));
}

function isAlwaysMet({ feature, value }: PatternLeaf, operation: string | undefined): boolean {
  const kind = REQUEST_DOCUMENT[feature];
  if (!kind || kind.kind === 'labels' || !kind.isAlwaysThere || !Array.isArray(value)) return false;
  if (kind.kind === 'boolean' && value.includes(true) && value.includes(false)) return true;
  if (feature === 'operation' && operation !== undefined && value.includes(operation)) return true;
  // Every request has text, be it empty.
  if (feature === 'inputModalities' && value.includes('text')) return true;
  return value.some((condition) => isMetByAny(condition));
}

function isMetByAny(condition: unknown): boolean {
  const { operator, operand } = operatorOf(condition) ?? {};
  if (operator === 'exists') return operand === true;
  if (operator === 'wildcard') return operand === '*';
  const range = rangeOf(condition);
  if (!range || range.upper !== Number.POSITIVE_INFINITY) return false;
  return range.lower < 0 || (range.lower === 0 && range.isLowerIn);
}
