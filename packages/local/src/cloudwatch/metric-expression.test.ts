import { describe, expect, it } from 'vitest';
import { compileMetricExpression, MetricExpressionError } from './metric-expression.ts';

const VALUES: Readonly<Record<string, number>> = { a: 6, b: 3, zero: 0 };
const evaluate = (text: string) => compileMetricExpression(text)((id) => VALUES[id]);

describe('compileMetricExpression', () => {
  it.each<[string, number | undefined]>([
    ['a', 6],
    ['a + b * 2', 12],
    ['(a + b) * 2', 18],
    ['a - b - 1', 2],
    ['a / b / 2', 1],
    ['-a + 10', 4],
    ['a / zero', undefined],
    ['gone', undefined],
    ['gone + 1', undefined],
    ['FILL(gone, 0) + 1', 1],
    ['FILL(a, 0)', 6],
    ['a >= 6', 1],
    ['a < 6', 0],
    ['a == 6 AND b != 4', 1],
    ['a == 5 OR b == 4', 0],
    ['a > b && zero == 0 || gone', undefined],
    ['IF(a > b, a, b)', 6],
    ['IF(zero, a, b)', 3],
    ['IF(gone, a, b)', undefined],
    ['IF(a > b, gone, b)', undefined],
    ['ABS(b - a)', 3],
    ['IF(FILL(gone, 0) + a >= 20, 1, 0.5)', 0.5],
  ])('%s is %s', (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  it.each([
    ['', /ends too early/],
    ['a +', /ends too early/],
    ['(a', /"\)" is missing/],
    ['a b', /"b" was not expected/],
    ['* a', /"\*" was not expected/],
    ['SEARCH(a)', /SEARCH is not emulated/],
    ['constructor(a)', /constructor is not emulated/],
    ['FILL(a)', /FILL takes 2 values, not 1/],
    ['a % b', /"% b" is not understood/],
  ])('does not understand "%s"', (text, message) => {
    expect(() => compileMetricExpression(text)).toThrow(MetricExpressionError);
    expect(() => compileMetricExpression(text)).toThrow(message);
  });
});
