import type { PolicyPath } from './finding.ts';

/**
 * The place in a pattern that a path in words means, like `labels.team[0]`. Keys may hold dots, and alternatives of `$or` are
 * not named in such a path, so keys are followed as far as the pattern has them.
 */
export function locateInPattern(pattern: unknown, words: string): PolicyPath {
  if (words === '') return [];
  if (Array.isArray(pattern)) {
    const [part, index] = /^\[(\d+)\]/.exec(words) ?? [];
    if (part === undefined || Number(index) >= pattern.length) return [];
    return [Number(index), ...locateInPattern(pattern[Number(index)], rest(words, part))];
  }
  if (typeof pattern !== 'object' || pattern === null) return [];
  const entries = Object.entries(pattern);
  const [key, value] = entries.filter(([name]) => isNextKey(words, name)).sort(([a], [b]) => b.length - a.length)[0] ?? [];
  if (key !== undefined) return [key, ...locateInPattern(value, rest(words, key))];
  return locateInAlternatives(entries, words);
}

/** The deepest place that any alternative has for the path. */
function locateInAlternatives(entries: readonly [string, unknown][], words: string): PolicyPath {
  const [, alternatives] = entries.find(([key]) => key === '$or') ?? [];
  if (!Array.isArray(alternatives)) return [];
  const places = alternatives.map((one, index) => ['$or', index, ...locateInPattern(one, words)]);
  return places.reduce((deepest, place) => (place.length > deepest.length ? place : deepest), []);
}

function isNextKey(words: string, key: string): boolean {
  return words.startsWith(key) && ['', '.', '['].includes(words.charAt(key.length));
}

function rest(words: string, part: string): string {
  return words.slice(part.length).replace(/^\./, '');
}
