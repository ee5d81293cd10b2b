import { below, oneOrMore, pick, type Random } from './chance.ts';
import { makeNumber, makeScalar } from './make-scalar.ts';
import { ADDRESSES, COMPARISONS, NETWORKS, NO_NETWORKS, Spelt, TEXTS } from './vocabulary.ts';

type Value = unknown;

/** One value or operator of a pattern's list, made so that it often holds for `value`. */
export function makeCondition(random: Random, value: Value): Value {
  const isOn = random() < 0.75;
  const text = isOn && typeof value === 'string' ? value : pick(random, TEXTS);
  const number = isOn && value instanceof Spelt ? value : makeNumber(random);
  const operators: Record<string, () => Value> = {
    exact: () => (isOn && value !== undefined ? value : makeScalar(random)),
    prefix: () => ({ prefix: caseless(random, head(text, below(random, text.length + 1))) }),
    suffix: () => ({ suffix: caseless(random, tail(text, below(random, text.length + 1))) }),
    ignoreCase: () => ({ 'equals-ignore-case': otherCase(random, text) }),
    wildcard: () => ({ wildcard: makeWildcard(random, text) }),
    anythingBut: () => ({ 'anything-but': makeAnythingBut(random, text, number) }),
    numeric: () => ({ numeric: makeNumeric(random, number) }),
    exists: () => ({ exists: random() < 0.5 }),
    cidr: () => ({ cidr: pick(random, random() < 0.95 ? NETWORKS : NO_NETWORKS) }),
  };
  const fitting =
    value instanceof Spelt ? ['exact', 'numeric', 'anythingBut'] : ADDRESSES.includes(String(value)) ? ['cidr', 'exact', 'wildcard'] : [];
  const name = pick(random, fitting.length > 0 && random() < 0.7 ? fitting : Object.keys(operators));
  return operators[name]?.();
}

/** By characters: half of a surrogate pair cannot be written to a file of UTF-8. */
function head(text: string, length: number): string {
  return [...text].slice(0, length).join('');
}

function tail(text: string, from: number): string {
  return [...text].slice(from).join('');
}

function caseless(random: Random, text: string): Value {
  return random() < 0.25 ? { 'equals-ignore-case': otherCase(random, text) } : text;
}

function otherCase(random: Random, text: string): string {
  return pick(random, [text, text.toUpperCase(), text.toLowerCase()]);
}

function makeWildcard(random: Random, text: string): string {
  const parts = [...text].map((character) => {
    if (random() < 0.25) return '*';
    return character === '*' || character === '\\' ? `\\${character}` : character;
  });
  if (random() < 0.2) parts.push('*');
  return random() < 0.97 ? parts.join('').replaceAll(/(?<!\\)\*(\*)+/g, '*') : parts.join('');
}

function makeAnythingBut(random: Random, text: string, number: Spelt): Value {
  if (random() < 0.05) return makeBadAnythingBut(random, text, number);
  const texts = () => oneOrMore(random, () => (random() < 0.6 ? text : pick(random, TEXTS)));
  return pick<() => Value>(random, [
    texts,
    texts,
    () => oneOrMore(random, () => (random() < 0.6 ? number : makeNumber(random))),
    () => ({ prefix: oneOrMore(random, () => head(text, 1 + below(random, text.length))) }),
    () => ({ suffix: oneOrMore(random, () => tail(text, below(random, text.length))) }),
    () => ({ 'equals-ignore-case': oneOrMore(random, () => otherCase(random, random() < 0.6 ? text : pick(random, TEXTS))) }),
    () => ({ wildcard: oneOrMore(random, () => makeWildcard(random, text)) }),
  ])();
}

/** Operands that are refused. */
function makeBadAnythingBut(random: Random, text: string, number: Spelt): Value {
  return pick(random, [[text, number], [], null, true, { prefix: '' }, { suffix: { 'equals-ignore-case': text } }, { exists: true }]);
}

function makeNumeric(random: Random, number: Spelt): Value[] {
  if (random() < 0.6) return [pick(random, COMPARISONS), number];
  return [pick(random, ['>', '>=']), makeNumber(random), pick(random, ['<', '<=']), number];
}
