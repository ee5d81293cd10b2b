import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEventPattern } from '../pattern/index.ts';
import { RuleOrder } from './rule-order.ts';

type Pattern = Record<string, unknown>;

/** The index of the pattern that hides the last one. */
function hiddenBy(...patterns: Pattern[]): number | undefined {
  const order = new RuleOrder();
  return patterns.map((pattern, index) => order.add(index, pattern)).at(-1);
}

describe('RuleOrder', () => {
  it.each<[string, Pattern, Pattern, boolean]>([
    ['the same', { tenant: ['a'] }, { tenant: ['a'] }, true],
    ['the same in another order', { tenant: ['a', 'b'], tools: ['x'] }, { tools: ['x'], tenant: ['b', 'a'] }, true],
    ['fewer values', { tenant: ['a', 'b'] }, { tenant: ['b'] }, true],
    ['more values', { tenant: ['a'] }, { tenant: ['a', 'b'] }, false],
    ['one more field', { tenant: ['a'] }, { tenant: ['a'], tools: ['x'] }, true],
    ['one field less', { tenant: ['a'], tools: ['x'] }, { tenant: ['a'] }, false],
    ['another label', { labels: { team: ['a'] } }, { labels: { town: ['a'] } }, false],
    ['a label with a dot', { labels: { 'a.b': ['x'] } }, { labels: { 'a.b': ['x'], c: ['y'] } }, true],
    ['more tokens', { estimatedInputTokens: [{ numeric: ['>', 10] }] }, { estimatedInputTokens: [{ numeric: ['>', 20] }] }, true],
    ['fewer tokens', { estimatedInputTokens: [{ numeric: ['>', 20] }] }, { estimatedInputTokens: [{ numeric: ['>', 10] }] }, false],
    ['the limit too', { estimatedInputTokens: [{ numeric: ['>', 10] }] }, { estimatedInputTokens: [{ numeric: ['>=', 10] }] }, false],
    ['a span inside', { estimatedInputTokens: [{ numeric: ['<', 9] }] }, { estimatedInputTokens: [{ numeric: ['>', 1, '<=', 8] }] }, true],
    ['the same $or', { $or: [{ tenant: ['a'] }, { tools: ['x'] }] }, { $or: [{ tenant: ['a'] }, { tools: ['x'] }] }, true],
    ['another $or', { $or: [{ tenant: ['a'] }, { tools: ['x'] }] }, { $or: [{ tenant: ['b'] }, { tools: ['x'] }] }, false],
  ])('says of a rule after one with %s whether it is ever reached', (_, earlier, later, isHidden) => {
    expect(hiddenBy(earlier, later)).toBe(isHidden ? 0 : undefined);
  });

  const list = <Value>(values: fc.Arbitrary<Value>) => fc.uniqueArray(values, { minLength: 1, maxLength: 2 });
  const bounds = fc.tuple(fc.constantFrom('>', '>=', '<', '<=', '='), fc.nat(4)).map((numeric) => ({ numeric }));
  const pattern = fc
    .record(
      { tenant: list(fc.constantFrom('a', 'b', 'c')), tools: list(fc.constantFrom('x', 'y')), tokens: list(bounds) },
      { requiredKeys: [] },
    )
    .filter((one) => Object.keys(one).length > 0)
    .map(({ tokens, ...rest }): Pattern => ({ ...rest, ...(tokens && { estimatedInputTokens: tokens }) }));
  const event = fc.record(
    { tenant: fc.constantFrom('a', 'b', 'c'), tools: fc.subarray(['x', 'y']), estimatedInputTokens: fc.nat(5) },
    { requiredKeys: ['tenant', 'estimatedInputTokens'] },
  );

  it('calls a rule hidden only when an earlier one takes every request that it would', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 2, maxLength: 5 }),
        fc.array(event, { minLength: 10, maxLength: 30 }),
        (patterns, events) => {
          const order = new RuleOrder();
          patterns.forEach((later, index) => {
            const earlier = order.add(index, later);
            if (earlier === undefined) return;
            expect(earlier).toBeLessThan(index);
            const taken = events.filter(compileEventPattern(later));
            expect(taken.filter(compileEventPattern(patterns[earlier]))).toEqual(taken);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
