import { below, many, pick, type Random, some } from './chance.ts';
import { makeCondition } from './make-condition.ts';
import { makeScalar } from './make-scalar.ts';
import { KEYS, Spelt, toText } from './vocabulary.ts';

/** A pattern and an event as JSON texts, so that spellings of a number which JavaScript would not write can be among them. */
export type Pair = { pattern: string; event: string };

type Value = unknown;
type Path = readonly string[];

/** The same pairs for the same source of chance: patterns are made for their event, so that about half of them match. */
export function makePairs(count: number, random: Random): Pair[] {
  return Array.from({ length: count }, () => makePair(random));
}

function makePair(random: Random): Pair {
  const event = makeObject(random, 3);
  return { pattern: toText(makePattern(random, event)), event: toText(event) };
}

function makeObject(random: Random, depth: number): Record<string, Value> {
  return Object.fromEntries(some(random, KEYS, 1, 4).map((key) => [key, makeValue(random, depth)]));
}

function makeValue(random: Random, depth: number): Value {
  const draw = random();
  if (depth === 0 || draw < 0.5) return makeScalar(random);
  if (draw < 0.65) return many(random, 0, 3, () => makeScalar(random));
  if (draw < 0.82) return makeObject(random, depth - 1);
  if (draw < 0.97) return many(random, 1, 3, () => makeObject(random, depth - 1));
  return many(random, 1, 2, () => makeValue(random, depth - 1));
}

function makePattern(random: Random, event: Record<string, Value>): Record<string, Value> {
  const leaves = many(random, 1, 3, () => pickLeaf(random, event));
  if (random() >= 0.25) return build(random, leaves);
  const alternatives = many(random, 2, 3, () => build(random, pickOthers(random, event, leaves)));
  return random() < 0.5 ? { ...build(random, leaves), $or: alternatives } : { $or: alternatives, ...build(random, leaves) };
}

function build(random: Random, leaves: readonly Leaf[]): Record<string, Value> {
  const pattern: Record<string, Value> = {};
  for (const { path, value } of leaves) put(pattern, path, makeConditions(random, value));
  return pattern;
}

/** Leaves at paths that are not taken, but for a few: one path twice is a matter of its own. */
function pickOthers(random: Random, event: Record<string, Value>, taken: readonly Leaf[]): Leaf[] {
  const isTaken = (leaf: Leaf) => taken.some(({ path }) => path.join('.') === leaf.path.join('.'));
  const leaves = many(random, 4, 6, () => pickLeaf(random, event)).filter((leaf) => !isTaken(leaf) || random() < 0.02);
  return leaves.length === 0 ? [{ path: ['z'], value: undefined }] : leaves.slice(0, 1 + below(random, 2));
}

type Leaf = { path: Path; value: Value };

/** A leaf of the event, through any element of an array; now and then a path that leads nowhere. */
function pickLeaf(random: Random, event: Record<string, Value>): Leaf {
  const path: string[] = [];
  let value: Value = event;
  while (true) {
    if (Array.isArray(value)) value = value.length === 0 ? undefined : pick(random, value);
    else if (isObject(value)) {
      const key = pick(random, random() < 0.85 ? Object.keys(value) : KEYS);
      path.push(key);
      value = value[key];
    } else break;
  }
  if (random() < 0.04) path.push(pick(random, KEYS));
  return { path, value };
}

/** Where a pattern already has conditions, or would need both conditions and an object, it is left as it is. */
function put(pattern: Record<string, Value>, [key, ...rest]: Path, value: Value): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    pattern[key] ??= value;
    return;
  }
  pattern[key] ??= {};
  const inner = pattern[key];
  if (isObject(inner)) put(inner, rest, value);
}

function makeConditions(random: Random, value: Value): Value[] {
  return many(random, 1, random() < 0.7 ? 1 : 3, () => makeCondition(random, value));
}

function isObject(value: Value): value is Record<string, Value> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Spelt);
}
