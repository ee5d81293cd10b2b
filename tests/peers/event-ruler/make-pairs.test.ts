import { describe, expect, it } from 'vitest';
import { judgeByUs } from './judge-by-us.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { makePairs } from './make-pairs.ts';
import { makeRandom } from './make-random.ts';

const pairs = makePairs(3_000, makeRandom(1));
const patterns = pairs.map(({ pattern }) => pattern).join('\n');

describe('makePairs', () => {
  it('makes the same pairs for the same seed and others for another', () => {
    expect(makePairs(50, makeRandom(1))).toEqual(pairs.slice(0, 50));
    expect(makePairs(50, makeRandom(2))).not.toEqual(pairs.slice(0, 50));
  });

  it.each([
    ['prefix', /"prefix":"/],
    ['prefix ignoring case', /"prefix":{"equals-ignore-case"/],
    ['suffix', /"suffix":"/],
    ['suffix ignoring case', /"suffix":{"equals-ignore-case"/],
    ['equals-ignore-case', /\[{"equals-ignore-case":/],
    ['wildcard', /\[{"wildcard":/],
    ['anything-but a text', /"anything-but":"/],
    ['anything-but several', /"anything-but":\["/],
    ['anything-but a number', /"anything-but":\[?-?\d/],
    ['anything-but prefix', /"anything-but":{"prefix"/],
    ['anything-but suffix', /"anything-but":{"suffix"/],
    ['anything-but wildcard', /"anything-but":{"wildcard"/],
    ['anything-but ignoring case', /"anything-but":{"equals-ignore-case"/],
    ['numeric', /"numeric":\["[<>=]+",-?\d[\d.eE+-]*\]/],
    ['a range of numbers', /"numeric":\[">=?",[^\]]+,"<=?",/],
    ['exists', /"exists":(true|false)/],
    ['cidr', /"cidr":/],
    ['$or', /"\$or":\[/],
    ['null', /\[null\]/],
    ['a number in another spelling', /1E\+2/],
  ])('asks for %s', (_, operator) => {
    expect(patterns).toMatch(operator);
  });

  it('makes enough that match, that do not, and that are refused, and none that breaks us', () => {
    const kinds = pairs.map((pair) => judgeByUs(pair).kind);
    const count = (kind: string) => kinds.filter((each) => each === kind).length;
    expect(count('matches')).toBeGreaterThan(600);
    expect(count('differs')).toBeGreaterThan(600);
    expect(count('refused')).toBeGreaterThan(100);
    expect(count('broken')).toBe(0);
  });

  it('has a verdict of ours on each listed difference', () => {
    expect(KNOWN_DIFFERENCES.map(({ example }) => judgeByUs(example).kind)).not.toContain('broken');
  });
});
