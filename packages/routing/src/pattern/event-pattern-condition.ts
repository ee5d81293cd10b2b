import { BlockList, isIP } from 'node:net';
import { EventPatternError } from './event-pattern-error.ts';
import { compileWildcard } from './wildcard.ts';

export type ValueTest = (value: unknown) => boolean;

/** What one condition asks: that a value passes `test`, or that there is none. */
export type Condition = { test?: ValueTest; absent?: true };

type Path = readonly (string | number)[];
type Compile = (operand: unknown, at: Path) => Condition;
type TextTest = (text: string) => boolean;

const OPERATORS: Record<string, Compile> = {
  prefix: (operand, at) => ofText(compileAffix(operand, at, (text, affix) => text.startsWith(affix))),
  suffix: (operand, at) => ofText(compileAffix(operand, at, (text, affix) => text.endsWith(affix))),
  'equals-ignore-case': (operand, at) => ofText(compileIgnoreCase(operand, at)),
  wildcard: (operand, at) => ofText(compileWildcardText(operand, at)),
  'anything-but': (operand, at) => ({ test: compileAnythingBut(operand, at) }),
  numeric: (operand, at) => ({ test: compileNumeric(operand, at) }),
  exists: compileExists,
  cidr: (operand, at) => ofText(compileCidr(operand, at)),
};

/** Compiles one element of a pattern's list of values: a scalar to equal, or an operator. */
export function compileCondition(condition: unknown, at: Path): Condition {
  if (isScalar(condition)) return { test: (value) => value === condition };
  const { operator, operand } = readOperator(condition, at);
  const compile = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (compile === undefined)
    throw new EventPatternError(at, `${operator} is not an operator; there are ${Object.keys(OPERATORS).join(', ')}`);
  return compile(operand, [...at, operator]);
}

function readOperator(condition: unknown, at: Path): { operator: string; operand: unknown } {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) {
    throw new EventPatternError(at, 'must be a text, a number, true, false, null or an operator such as {"prefix": "x"}');
  }
  const [entry, ...others] = Object.entries(condition);
  if (entry === undefined || others.length > 0) throw new EventPatternError(at, 'an operator is an object with exactly one key');
  return { operator: entry[0], operand: entry[1] };
}

function ofText(test: TextTest): Condition {
  return { test: (value) => typeof value === 'string' && test(value) };
}

function compileAffix(operand: unknown, at: Path, holds: (text: string, affix: string) => boolean): TextTest {
  if (typeof operand === 'string') return (text) => holds(text, operand);
  const { operator, operand: inner } = readOperator(operand, at);
  if (operator !== 'equals-ignore-case') throw new EventPatternError(at, 'must be a text or {"equals-ignore-case": text}');
  const affix = readText(inner, [...at, operator]).toLowerCase();
  return (text) => holds(text.toLowerCase(), affix);
}

function compileIgnoreCase(operand: unknown, at: Path): TextTest {
  const expected = readText(operand, at).toLowerCase();
  return (text) => text.toLowerCase() === expected;
}

function compileWildcardText(operand: unknown, at: Path): TextTest {
  return compileWildcard(readText(operand, at), (problem) => new EventPatternError(at, problem));
}

/** Holds for every value that is there and is not one of these: also for one of another type. */
function compileAnythingBut(operand: unknown, at: Path): ValueTest {
  const nested: Record<string, (text: unknown, path: Path) => TextTest> = {
    prefix: (text, path) => compileAffix(text, path, (value, affix) => value.startsWith(affix)),
    suffix: (text, path) => compileAffix(text, path, (value, affix) => value.endsWith(affix)),
    'equals-ignore-case': compileIgnoreCase,
    wildcard: compileWildcardText,
  };
  if (typeof operand !== 'object' || operand === null || Array.isArray(operand)) {
    const values = readAnythingButValues(operand, at);
    return (value) => !values.has(value);
  }
  const { operator, operand: inner } = readOperator(operand, at);
  const compile = Object.hasOwn(nested, operator) ? nested[operator] : undefined;
  if (compile === undefined)
    throw new EventPatternError(at, `${operator} cannot stand in anything-but; ${Object.keys(nested).join(', ')} can`);
  const path = [...at, operator];
  const tests = toList(inner, path).map((text, index) => compile(text, Array.isArray(inner) ? [...path, index] : path));
  return (value) => typeof value !== 'string' || !tests.some((test) => test(value));
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

type Comparison = (value: number) => boolean;

const COMPARISONS: Record<string, { side: 'exact' | 'lower' | 'upper'; compare: (value: number, limit: number) => boolean }> = {
  '=': { side: 'exact', compare: (value, limit) => value === limit },
  '>': { side: 'lower', compare: (value, limit) => value > limit },
  '>=': { side: 'lower', compare: (value, limit) => value >= limit },
  '<': { side: 'upper', compare: (value, limit) => value < limit },
  '<=': { side: 'upper', compare: (value, limit) => value <= limit },
};

/** One comparison, or a lower and then an upper limit: `[">", 0, "<=", 5]`. */
function compileNumeric(operand: unknown, at: Path): ValueTest {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) {
    throw new EventPatternError(at, 'must be a list of one or two comparisons, such as [">", 0, "<=", 5]');
  }
  const first = readComparison(operand[0], operand[1], [...at, 0]);
  if (operand.length === 2) return (value) => typeof value === 'number' && first.holds(value);
  const second = readComparison(operand[2], operand[3], [...at, 2]);
  if (first.side !== 'lower' || second.side !== 'upper')
    throw new EventPatternError(at, 'a range is a lower limit (>, >=) and then an upper one (<, <=)');
  if (first.limit >= second.limit) throw new EventPatternError(at, 'the lower limit must be below the upper one');
  return (value) => typeof value === 'number' && first.holds(value) && second.holds(value);
}

function readComparison(operator: unknown, limit: unknown, at: Path): { side: string; limit: number; holds: Comparison } {
  const comparison = typeof operator === 'string' && Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator] : undefined;
  if (comparison === undefined) throw new EventPatternError(at, `must be one of ${Object.keys(COMPARISONS).join(' ')}`);
  if (typeof limit !== 'number') throw new EventPatternError(at, `${operator} must be followed by a number`);
  return { side: comparison.side, limit, holds: (value) => comparison.compare(value, limit) };
}

function compileExists(operand: unknown, at: Path): Condition {
  if (typeof operand !== 'boolean') throw new EventPatternError(at, 'must be true or false');
  return operand ? { test: () => true } : { absent: true };
}

function compileCidr(operand: unknown, at: Path): TextTest {
  const [address = '', bits = '', ...rest] = readText(operand, at).split('/');
  const family = isIP(address);
  const length = Number(bits);
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || length > (family === 4 ? 32 : 128)) {
    throw new EventPatternError(at, 'must be a network such as 10.0.0.0/24 or 2001:db8::/32');
  }
  const network = new BlockList();
  network.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  return (text) => isIP(text) === family && network.check(text, family === 4 ? 'ipv4' : 'ipv6');
}

function readText(operand: unknown, at: Path): string {
  if (typeof operand !== 'string') throw new EventPatternError(at, 'must be a text');
  return operand;
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
