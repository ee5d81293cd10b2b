import { JsonObject } from '@signalbox/contracts';
import { compileEventPattern, EventPatternError } from '../pattern/index.ts';
import { checkCondition } from './check-condition.ts';
import { suggestName } from './closest-name.ts';
import type { Finding, PolicyPath } from './finding.ts';
import { locateInPattern } from './locate-pattern.ts';
import { isMap, leavesOf, operatorOf, type PatternLeaf } from './pattern-leaves.ts';
import { REQUEST_DOCUMENT } from './request-document.ts';

/** Whether a pattern is one, about features that there are, with values that they can have. */
export function checkPattern(pattern: unknown, path: PolicyPath): Finding[] {
  const findings = leavesOf(pattern, path).flatMap(checkLeaf);
  return findings.some(({ isWarning }) => !isWarning) ? findings : [...findings, ...compile(pattern, path)];
}

/** What no feature of its own explains: operators, empty lists, `$or`. */
function compile(pattern: unknown, path: PolicyPath): Finding[] {
  if (!JsonObject.safeParse(pattern).success)
    return [{ path, message: 'holds what is no JSON; write texts, finite numbers, true, false, lists and maps' }];
  try {
    compileEventPattern(pattern);
    return [];
  } catch (error) {
    if (!(error instanceof EventPatternError)) throw error;
    return [{ path: [...path, ...locateInPattern(pattern, error.path)], message: `is not a valid pattern: ${error.problem}` }];
  }
}

function checkLeaf(leaf: PatternLeaf): Finding[] {
  const { feature, path, value, segments } = leaf;
  const kind = Object.hasOwn(REQUEST_DOCUMENT, feature) ? REQUEST_DOCUMENT[feature] : undefined;
  if (!kind) {
    const message = `is no feature of a request${suggestName(feature, Object.keys(REQUEST_DOCUMENT))}`;
    return [{ path, message: `"${feature}" ${message}`, at: 'key' }];
  }
  if (kind.kind === 'labels' && segments.length === 1)
    return [{ path, message: `must name a label; write labels: { team: [${exampleOf(value, 'x')}] }` }];
  if (!Array.isArray(value)) return [{ path, message: `must be a list of values; write ${segments.at(-1)}: [${exampleOf(value, 'x')}]` }];
  return value.flatMap((condition, index) =>
    checkCondition({ condition, feature: kind, name: segments.join('.'), path: [...path, index] }),
  );
}

/** The value as it would stand in a list. */
function exampleOf(value: unknown, otherwise: string): string {
  if (isMap(value)) {
    const inner = operatorOf(value);
    return inner ? `{ ${inner.operator}: ${JSON.stringify(inner.operand)} }` : otherwise;
  }
  return value === null || value === undefined ? otherwise : String(value);
}
