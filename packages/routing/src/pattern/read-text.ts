import type { Path } from './condition.ts';
import { EventPatternError } from './event-pattern-error.ts';

/** An operand that must be a text. */
export function readText(operand: unknown, at: Path): string {
  if (typeof operand !== 'string') throw new EventPatternError(at, 'must be a text');
  return operand;
}
