import type { Condition, ConditionShape, Path, TextTest } from './condition.ts';
import { EventPatternError } from './event-pattern-error.ts';
import { ignoringCase } from './ignore-case.ts';
import { compileAddress, compileCidr } from './ip-address.ts';
import { compileNumeric } from './numeric-condition.ts';
import { readText } from './read-text.ts';
import { compileWildcard } from './wildcard.ts';

type Compile = (operand: unknown, at: Path) => Condition;

const ANY: ConditionShape = { kind: 'any' };

const OPERATORS: Record<string, Compile> = {
  prefix: (operand, at) =>
    ofText(compileAffix(operand, at, 'starts'), typeof operand === 'string' ? { kind: 'prefix', text: operand } : ANY),
  suffix: (operand, at) => ofText(compileAffix(operand, at, 'ends'), typeof operand === 'string' ? { kind: 'suffix', text: operand } : ANY),
  'equals-ignore-case': (operand, at) => ofText(compileIgnoreCase(operand, at), shapeOfLetters(String(operand))),
  wildcard: (operand, at) => ofText(compileWildcardText(operand, at), shapeOfWildcard(String(operand))),
  'anything-but': compileAnythingBut,
  numeric: compileNumeric,
  exists: compileExists,
  cidr: (operand, at) => ofText(compileCidr(operand, at), ANY),
};

/** Compiles one element of a pattern's list of values: a scalar to equal, or an operator. */
export function compileCondition(condition: unknown, at: Path): Condition {
  if (isScalar(condition)) return compileExact(condition);
  const { operator, operand } = readOperator(condition, at);
  const compile = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (compile === undefined)
    throw new EventPatternError(at, `${operator} is not an operator; there are ${Object.keys(OPERATORS).join(', ')}`);
  return compile(operand, [...at, operator]);
}

/** A text that is an IP address equals the same address in another spelling, as it does for AWS's engine. */
function compileExact(expected: unknown): Condition {
  const isAddress = typeof expected === 'string' ? compileAddress(expected) : undefined;
  return isAddress ? ofText(isAddress, ANY) : { shape: { kind: 'value', value: expected }, test: (value) => value === expected };
}

function readOperator(condition: unknown, at: Path): { operator: string; operand: unknown } {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
    throw new EventPatternError(at, 'must be a text, a number, true, false, null or an operator such as {"prefix": "x"}');
  }
  const [entry, ...others] = Object.entries(condition);
  if (entry === undefined || others.length > 0) throw new EventPatternError(at, 'an operator is an object with exactly one key');
  return { operator: entry[0], operand: entry[1] };
}

function ofText(test: TextTest, shape: ConditionShape): Condition {
  return { shape, test: (value) => typeof value === 'string' && test(value) };
}

/** Only of ASCII letters is it certain that equal without case is equal in lower case. */
function shapeOfLetters(text: string): ConditionShape {
  return /^[\x20-\x7e]*$/.test(text) ? { kind: 'same-letters', text: text.toLowerCase() } : ANY;
}

/** What stands before the first star. */
function shapeOfWildcard(pattern: string): ConditionShape {
  const [head = ''] = pattern.split(/[*\\]/, 1);
  if (pattern === `${head}*`) return { kind: 'prefix', text: head };
  return head === '' ? ANY : { kind: 'within-prefix', text: head };
}

type Side = 'starts' | 'ends';

function compileAffix(operand: unknown, at: Path, side: Side): TextTest {
  if (typeof operand === 'string') return affixTest(operand, side);
  const { operator, operand: inner } = readOperator(operand, at);
  if (operator !== 'equals-ignore-case') throw new EventPatternError(at, 'must be a text or {"equals-ignore-case": text}');
  return ignoringCase(readText(inner, [...at, operator]))[side];
}

function affixTest(affix: string, side: Side): TextTest {
  return side === 'starts' ? (text) => text.startsWith(affix) : (text) => text.endsWith(affix);
}

function compileIgnoreCase(operand: unknown, at: Path): TextTest {
  return ignoringCase(readText(operand, at)).equals;
}

function compileWildcardText(operand: unknown, at: Path): TextTest {
  return compileWildcard(readText(operand, at), (problem) => new EventPatternError(at, problem));
}

/** Holds for every value that is there and is not one of these: also for one of another type. */
function compileAnythingBut(operand: unknown, at: Path): Condition {
  const nested: Record<string, (text: unknown, path: Path) => TextTest> = {
    prefix: (text, path) => compileExcludedAffix(text, path, 'starts'),
    suffix: (text, path) => compileExcludedAffix(text, path, 'ends'),
    'equals-ignore-case': compileIgnoreCase,
    wildcard: compileWildcardText,
  };
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    const values = readAnythingButValues(operand, at);
    return { shape: { kind: 'anything-but', values }, test: (value) => !values.has(value) };
  }
  const { operator, operand: inner } = readOperator(operand, at);
  const compile = Object.hasOwn(nested, operator) ? nested[operator] : undefined;
  if (compile === undefined)
    throw new EventPatternError(at, `${operator} cannot stand in anything-but; ${Object.keys(nested).join(', ')} can`);
  const path = [...at, operator];
  const tests = toList(inner, path).map((text, index) => compile(text, Array.isArray(inner) ? [...path, index] : path));
  return { shape: ANY, test: (value) => typeof value !== 'string' || !tests.some((test) => test(value)) };
}

/** AWS's engine takes neither an empty affix, which would exclude every text, nor one that ignores case. */
function compileExcludedAffix(operand: unknown, at: Path, side: Side): TextTest {
  const affix = readText(operand, at);
  if (affix === '') throw new EventPatternError(at, 'must not be empty: every text begins and ends with nothing');
  return affixTest(affix, side);
}

function readAnythingButValues(operand: unknown, at: Path): Set<unknown> {
  const values = toList(operand, at);
  const types = new Set(values.map((value) => typeof value));
  if (types.size > 1) throw new EventPatternError(at, 'must be all texts or all numbers, not a mixture');
  if (!types.has('string') && !types.has('number')) throw new EventPatternError(at, 'must be texts or numbers');
  return new Set(values);
}

function toList(operand: unknown, at: Path): readonly unknown[] {
  const values = Array.isArray(operand) ? operand : [operand];
  if (values.length === 0) throw new EventPatternError(at, 'must not be an empty list');
  return values;
}

function compileExists(operand: unknown, at: Path): Condition {
  if (typeof operand !== 'boolean') throw new EventPatternError(at, 'must be true or false');
  return operand ? { shape: { kind: 'present' }, test: () => true } : { shape: { kind: 'absent' }, absent: true };
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
