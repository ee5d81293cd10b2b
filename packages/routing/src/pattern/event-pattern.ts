import type { Condition, ValueTest } from './condition.ts';
import { compileCondition } from './event-pattern-condition.ts';
import { EventPatternError } from './event-pattern-error.ts';

export { EventPatternError } from './event-pattern-error.ts';

/** Which element of which array (by its path in the event) a match has settled on. */
type Membership = ReadonlyMap<string, number>;

/** What a pattern asks of the value at one path: that it passes one of the conditions, of which some ask that there is none. */
export type Leaf = { path: string; segments: readonly string[]; conditions: readonly Condition[]; test: ValueTest; mayBeAbsent: boolean };

/** Leaves that must all match, at most one of a path. */
export type Alternative = readonly Leaf[];

type Field = { value: unknown; membership: Membership };

const NO_MEMBERSHIP: Membership = new Map();

/** Alternatives after `$or` is multiplied out; EventBridge has the same limit. */
const MAX_ALTERNATIVES = 1000;

/**
 * Compiles an EventBridge event pattern into a test for events. Throws an EventPatternError that names the path and the
 * problem when the pattern is not one.
 *
 * It follows AWS's rule engine: a field matches when any element of its array does; fields of objects in one array must
 * come from the same object; absence is judged after the fields that sort before it.
 */
export function compileEventPattern(pattern: unknown): (event: unknown) => boolean {
  const alternatives = readEventPattern(pattern);
  return (event) => alternatives.some((leaves) => matchesFrom(leaves, 0, event, NO_MEMBERSHIP));
}

/** The pattern with its `$or` multiplied out: an event matches when all leaves of one alternative do. For those who index patterns. */
export function readEventPattern(pattern: unknown): readonly Alternative[] {
  return expand(pattern, []).map(sortByPath);
}

/** The pattern as a list of alternatives, each a list of leaves that must all match. */
function expand(pattern: unknown, at: readonly string[]): Leaf[][] {
  if (!isObject(pattern))
    throw new EventPatternError(at, at.length === 0 ? 'the pattern must be an object' : 'must be an object or a list of values');
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new EventPatternError(at, 'an object of a pattern must not be empty');
  return entries.reduce<Leaf[][]>((all, [key, value]) => multiply(all, expandEntry(key, value, at)), [[]]);
}

function expandEntry(key: string, value: unknown, at: readonly string[]): Leaf[][] {
  const path = [...at, key];
  if (key === '$or') return expandOr(value, at);
  return Array.isArray(value) ? [[compileLeaf(value, path)]] : expand(value, path);
}

function expandOr(value: unknown, at: readonly string[]): Leaf[][] {
  if (!Array.isArray(value) || value.length < 2) throw new EventPatternError([...at, '$or'], 'must be a list of at least two objects');
  return value.flatMap((alternative) => expand(alternative, at));
}

function multiply(all: Leaf[][], more: Leaf[][]): Leaf[][] {
  if (all.length * more.length > MAX_ALTERNATIVES) throw new EventPatternError([], `$or makes more than ${MAX_ALTERNATIVES} combinations`);
  return all.flatMap((left) => more.map((right) => [...left, ...right]));
}

/**
 * A path that is asked for twice, beside `$or` and in it, is refused: AWS's engine keeps the conditions that are written last and
 * forgets the others (or refuses as well when it is told to), which nobody means who writes both.
 */
function sortByPath(leaves: Leaf[]): Leaf[] {
  const sorted = leaves.sort((a, b) => (a.path < b.path ? -1 : 1));
  const twice = sorted.find(({ path }, index) => path === sorted[index + 1]?.path);
  if (twice)
    throw new EventPatternError(twice.segments, 'is asked for twice, in $or and beside it; ask for it in each of the alternatives');
  return sorted;
}

function compileLeaf(conditions: readonly unknown[], segments: readonly string[]): Leaf {
  if (conditions.length === 0) throw new EventPatternError(segments, 'a list of values must not be empty');
  const compiled = conditions.map((condition, index) => compileCondition(condition, [...segments, index]));
  const tests = compiled.flatMap(({ test }) => test ?? []);
  return {
    path: segments.join('.'),
    segments,
    conditions: compiled,
    test: tests.length === 1 && tests[0] !== undefined ? tests[0] : (value) => tests.some((test) => test(value)),
    mayBeAbsent: compiled.some(({ absent }) => absent === true),
  };
}

/** Tries the leaves in order; each choice of an array element binds the leaves after it. */
function matchesFrom(leaves: Alternative, index: number, event: unknown, membership: Membership): boolean {
  const leaf = leaves[index];
  if (leaf === undefined) return true;
  const fields = findFields({ value: event, membership }, leaf.segments, '');
  if (fields.length === 0) return leaf.mayBeAbsent && matchesFrom(leaves, index + 1, event, membership);
  return fields.some((field) => leaf.test(field.value) && matchesFrom(leaves, index + 1, event, field.membership));
}

/** The scalar values at a path, through arrays on the way, as far as they agree with the membership. */
function findFields({ value, membership }: Field, segments: readonly string[], path: string): Field[] {
  if (Array.isArray(value)) return findInArray(value, membership, segments, path);
  const [key, ...rest] = segments;
  // Only leaves count: an object where the pattern expects a value is as good as absent.
  if (key === undefined) return isObject(value) ? [] : [{ value, membership }];
  return isObject(value) && Object.hasOwn(value, key) ? findFields({ value: value[key], membership }, rest, `${path}.${key}`) : [];
}

/** An element that is an object or an array binds what is found in it to itself; a scalar binds nothing. */
function findInArray(elements: readonly unknown[], membership: Membership, segments: readonly string[], path: string): Field[] {
  const settled = membership.get(path);
  return elements.flatMap((value, index) => {
    if (typeof value !== 'object' || value === null) return findFields({ value, membership }, segments, path);
    if (settled !== undefined && settled !== index) return [];
    // An array in an array gets a path of its own.
    const innerPath = Array.isArray(value) ? `${path}[${index}]` : path;
    const inner = settled === undefined ? new Map(membership).set(path, index) : membership;
    return findFields({ value, membership: inner }, segments, innerPath);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
