import { compileEventPattern, EventPatternError } from '@signalbox/routing/pattern';
import type { Pair } from './make-pairs.ts';
import type { Verdict } from './verdict.ts';

/** The verdict of this project's matcher, of the same texts. */
export function judgeByUs({ pattern, event }: Pair): Verdict {
  try {
    return { kind: compileEventPattern(JSON.parse(pattern))(JSON.parse(event)) ? 'matches' : 'differs' };
  } catch (error) {
    if (error instanceof EventPatternError) return { kind: 'refused', reason: error.message };
    return { kind: 'broken', reason: String(error) };
  }
}
