import { JsonObject } from '@signalbox/contracts';
import { compileEventPattern, EventPatternError } from '../pattern/index.ts';
import { checkCondition, OPERATORS, wildcardFor } from './check-condition.ts';
import { suggestName } from './closest-name.ts';
import type { Finding, PolicyPath } from './finding.ts';
import { locateInPattern } from './locate-pattern.ts';
import { leavesOf, operatorOf, type PatternLeaf } from './pattern-leaves.ts';
import { type Feature, REQUEST_DOCUMENT } from './request-document.ts';

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
    const label = feature.startsWith('labels.') ? feature.slice('labels.'.length) : '';
    const advice = label === '' ? suggestName(feature, Object.keys(REQUEST_DOCUMENT)) : `; write labels: { ${label}: … }`;
    const message = `is no feature of a request${advice}`;
    return [{ path, message: `"${feature}" ${message}`, at: 'key' }];
  }
  if (kind.kind === 'labels' && segments.length === 1)
    return [{ path, message: `must name a label; write labels: { team: [${exampleOf(value, kind)}] }` }];
  if (!Array.isArray(value)) return [{ path, message: `must be a list of values; write ${segments.at(-1)}: [${exampleOf(value, kind)}]` }];
  return value.flatMap((condition, index) =>
    checkCondition({ condition, feature: kind, name: segments.join('.'), path: [...path, index] }),
  );
}

/** The value as it would stand in a list: a condition that the feature can meet. */
function exampleOf(value: unknown, feature: Feature): string {
  if (Array.isArray(value)) return value.map((one) => exampleOf(one, feature)).join(', ') || 'x';
  const inner = operatorOf(value);
  if (inner && OPERATORS.includes(inner.operator)) return `{ ${inner.operator}: ${JSON.stringify(inner.operand)} }`;
  if (feature.kind === 'number') return `{ numeric: ['>', ${/\d+/.exec(String(value))?.[0] ?? 1000}] }`;
  if (feature.kind === 'boolean') return String(value === true || value === 'true');
  if (typeof value !== 'string') return typeof value === 'number' ? `"${value}"` : 'x';
  if (feature === REQUEST_DOCUMENT.text) return wildcardFor(value);
  // What YAML would read as something else in a list needs its quotes.
  return /^[a-z][\w-]*$/i.test(value) ? value : JSON.stringify(value);
}
