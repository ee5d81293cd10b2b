import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileEventPattern, EventPatternError } from './event-pattern.ts';

const event = {
  version: '0',
  source: 'signalbox.inference',
  'detail-type': 'InferenceCompleted',
  detail: {
    status: 'succeeded',
    route: 'Default',
    count: 5,
    ratio: 0.5,
    degraded: false,
    reason: null,
    note: '',
    address: '10.0.1.17',
    address6: '2001:db8::1',
    path: 'a*b\\c',
    labels: ['red', 'green'],
    none: [],
    nested: { deep: { value: 1 } },
    attempts: [
      { target: 'nova', status: 200, usage: { tokens: 5 } },
      { target: 'haiku', status: 503 },
    ],
    grid: [[1, 2], [3]],
    mixed: ['x', { deep: 1 }],
  },
};

describe('compileEventPattern', () => {
  it.each([
    ['an exact text', { status: ['succeeded'] }, true],
    ['another text', { status: ['failed'] }, false],
    ['one of several texts', { status: ['failed', 'succeeded'] }, true],
    ['an exact number', { count: [5] }, true],
    ['a number as text', { count: ['5'] }, false],
    ['a boolean', { degraded: [false] }, true],
    ['the other boolean', { degraded: [true] }, false],
    ['null', { reason: [null] }, true],
    ['null where there is nothing', { missing: [null] }, false],
    ['null where there is an empty text', { note: [null] }, false],
    ['the empty text', { note: [''] }, true],
    ['the empty text where there is null', { reason: [''] }, false],
    ['several fields, all right', { status: ['succeeded'], count: [5] }, true],
    ['several fields, one wrong', { status: ['succeeded'], count: [6] }, false],
    ['a nested field', { nested: { deep: { value: [1] } } }, true],
    ['a nested field of something that is not an object', { status: { deep: [1] } }, false],
    ['an inherited name', { constructor: [{ exists: true }] }, false],
    ['prefix', { status: [{ prefix: 'succ' }] }, true],
    ['prefix in another case', { status: [{ prefix: 'SUCC' }] }, false],
    ['prefix ignoring case', { status: [{ prefix: { 'equals-ignore-case': 'SUCC' } }] }, true],
    ['prefix of a number', { count: [{ prefix: '5' }] }, false],
    ['suffix', { status: [{ suffix: 'ceeded' }] }, true],
    ['suffix ignoring case', { status: [{ suffix: { 'equals-ignore-case': 'CEEDED' } }] }, true],
    ['equals-ignore-case', { route: [{ 'equals-ignore-case': 'dEfAuLt' }] }, true],
    ['equals-ignore-case of another text', { route: [{ 'equals-ignore-case': 'defaults' }] }, false],
    ['wildcard', { status: [{ wildcard: 's*c*d' }] }, true],
    ['wildcard for nothing at all', { status: [{ wildcard: 'succeeded*' }] }, true],
    ['wildcard that overlaps itself', { status: [{ wildcard: 'succee*eeded' }] }, false],
    ['wildcard with an escaped star and backslash', { path: [{ wildcard: 'a\\*b\\\\*' }] }, true],
    ['wildcard without a star', { status: [{ wildcard: 'succeeded' }] }, true],
    ['anything-but another text', { status: [{ 'anything-but': 'failed' }] }, true],
    ['anything-but the text', { status: [{ 'anything-but': ['failed', 'succeeded'] }] }, false],
    ['anything-but a number', { count: [{ 'anything-but': [5, 6] }] }, false],
    ['anything-but texts, of a number', { count: [{ 'anything-but': ['5'] }] }, true],
    ['anything-but where there is nothing', { missing: [{ 'anything-but': 'x' }] }, false],
    ['anything-but where there is null', { reason: [{ 'anything-but': 'x' }] }, true],
    ['anything-but one of a list', { labels: [{ 'anything-but': 'red' }] }, true],
    ['anything-but all of a list', { labels: [{ 'anything-but': ['red', 'green'] }] }, false],
    ['anything-but prefix', { status: [{ 'anything-but': { prefix: 'succ' } }] }, false],
    ['anything-but prefixes', { status: [{ 'anything-but': { prefix: ['x', 'y'] } }] }, true],
    ['anything-but suffix', { status: [{ 'anything-but': { suffix: 'ed' } }] }, false],
    ['anything-but wildcard', { status: [{ 'anything-but': { wildcard: 's*d' } }] }, false],
    ['anything-but ignoring case', { route: [{ 'anything-but': { 'equals-ignore-case': ['DEFAULT', 'x'] } }] }, false],
    ['numeric =', { count: [{ numeric: ['=', 5] }] }, true],
    ['numeric >', { count: [{ numeric: ['>', 5] }] }, false],
    ['numeric >=', { count: [{ numeric: ['>=', 5] }] }, true],
    ['numeric range', { ratio: [{ numeric: ['>', 0, '<=', 0.5] }] }, true],
    ['numeric of a text', { status: [{ numeric: ['>', 0] }] }, false],
    ['exists', { count: [{ exists: true }] }, true],
    ['exists of null', { reason: [{ exists: true }] }, true],
    ['exists of an object', { nested: [{ exists: true }] }, false],
    ['exists of an empty list', { none: [{ exists: true }] }, false],
    ['absent', { missing: [{ exists: false }] }, true],
    ['absent, but null', { reason: [{ exists: false }] }, false],
    ['absent or a value', { missing: [{ exists: false }, 'x'] }, true],
    ['absent below something absent', { missing: { deep: [{ exists: false }] } }, true],
    ['cidr', { address: [{ cidr: '10.0.1.0/24' }] }, true],
    ['cidr of another network', { address: [{ cidr: '10.0.2.0/24' }] }, false],
    ['cidr of IPv6', { address6: [{ cidr: '2001:db8::/32' }] }, true],
    ['cidr of a text', { status: [{ cidr: '10.0.1.0/24' }] }, false],
    ['a value in a list', { labels: ['green'] }, true],
    ['a value not in a list', { labels: ['blue'] }, false],
    ['a value in a list of lists', { grid: [3] }, true],
    ['a field of an object in a list', { attempts: { target: ['haiku'] } }, true],
    ['fields of the same object in a list', { attempts: { target: ['haiku'], status: [503] } }, true],
    ['fields of different objects in a list', { attempts: { target: ['haiku'], status: [200] } }, false],
    ['a nested field of another object in a list', { attempts: { status: [503], usage: { tokens: [5] } } }, false],
    ['a field that no object of a list has', { attempts: { missing: [{ exists: false }] } }, true],
    ['a field that one object of a list lacks, judged alone', { attempts: { usage: { tokens: [{ exists: false }] } } }, false],
    ['a field that the matched object of a list lacks', { attempts: { status: [503], usage: { tokens: [{ exists: false }] } } }, true],
    ['$or, one right', { $or: [{ status: ['failed'] }, { count: [5] }] }, true],
    ['$or, none right', { $or: [{ status: ['failed'] }, { count: [6] }] }, false],
    ['$or beside a field', { status: ['failed'], $or: [{ count: [5] }, { count: [6] }] }, false],
    ['an address in another spelling', { address6: ['2001:DB8:0:0::1'] }, true],
    ['another address', { address: ['10.0.1.18'] }, false],
    ['a scalar and an object of one list', { mixed: ['x'], $or: [{ mixed: { deep: [1] } }, { mixed: { deep: [2] } }] }, true],
    ['$or in $or', { $or: [{ status: ['failed'] }, { $or: [{ count: [6] }, { ratio: [0.5] }] }] }, true],
  ])('matches %s', (_name, detail, expected) => {
    expect(compileEventPattern({ detail })(event)).toBe(expected);
  });

  it.each([
    ['a text', 'x', '', 'must be an object'],
    ['a list', [], '', 'must be an object'],
    ['nothing', {}, '', 'must not be empty'],
    ['a bare value', { source: 'x' }, 'source', 'must be an object or a list'],
    ['an empty list', { source: [] }, 'source', 'must not be empty'],
    ['an empty object', { detail: {} }, 'detail', 'must not be empty'],
    ['a list in a list', { detail: { a: [['x']] } }, 'detail.a[0]', 'must be a text'],
    ['an unknown operator', { a: ['x', { sufix: 'x' }] }, 'a[1]', 'sufix is not an operator'],
    ['an inherited operator', { a: [{ toString: 'x' }] }, 'a[0]', 'toString is not an operator'],
    ['two operators in one', { a: [{ prefix: 'x', suffix: 'y' }] }, 'a[0]', 'exactly one key'],
    ['a prefix that is a number', { a: [{ prefix: 1 }] }, 'a[0].prefix', 'must be a text'],
    ['a nested prefix of another kind', { a: [{ prefix: { suffix: 'x' } }] }, 'a[0].prefix', 'equals-ignore-case'],
    ['numeric without a number', { a: [{ numeric: ['>', '1'] }] }, 'a[0].numeric[0]', 'followed by a number'],
    ['numeric with an unknown comparison', { a: [{ numeric: ['!=', 1] }] }, 'a[0].numeric[0]', 'must be one of'],
    ['numeric in the wrong order', { a: [{ numeric: ['<', 5, '>', 1] }] }, 'a[0].numeric', 'a lower limit'],
    ['numeric that is empty', { a: [{ numeric: ['>', 5, '<', 5] }] }, 'a[0].numeric', 'below'],
    ['exists of a text', { a: [{ exists: 'yes' }] }, 'a[0].exists', 'true or false'],
    ['a network without bits', { a: [{ cidr: '10.0.0.0' }] }, 'a[0].cidr', 'must be a network'],
    ['a network with too many bits', { a: [{ cidr: '10.0.0.0/33' }] }, 'a[0].cidr', 'must be a network'],
    ['anything-but a mixture', { a: [{ 'anything-but': ['x', 1] }] }, 'a[0].anything-but', 'not a mixture'],
    ['anything-but null', { a: [{ 'anything-but': null }] }, 'a[0].anything-but', 'texts or numbers'],
    ['anything-but of another operator', { a: [{ 'anything-but': { numeric: ['>', 1] } }] }, 'a[0].anything-but', 'numeric cannot stand'],
    ['two stars', { a: [{ wildcard: 'x**' }] }, 'a[0].wildcard', 'two stars'],
    ['two stars after an escaped backslash', { a: [{ wildcard: '\\\\**' }] }, 'a[0].wildcard', 'two stars'],
    ['an escape of something else', { a: [{ wildcard: '\\x' }] }, 'a[0].wildcard', 'a backslash'],
    ['an escape at the end', { a: [{ wildcard: 'x\\' }] }, 'a[0].wildcard', 'a backslash'],
    ['a network of one address', { a: [{ cidr: '10.0.0.1/32' }] }, 'a[0].cidr', 'one address is written as a text'],
    ['a network of IPv4 written as IPv6', { a: [{ cidr: '::ffff:10.0.0.0/24' }] }, 'a[0].cidr', 'must be a network'],
    ['anything-but an empty prefix', { a: [{ 'anything-but': { prefix: '' } }] }, 'a[0].anything-but.prefix', 'must not be empty'],
    [
      'anything-but a prefix ignoring case',
      { a: [{ 'anything-but': { suffix: { 'equals-ignore-case': 'x' } } }] },
      'a[0].anything-but.suffix',
      'a text',
    ],
    ['a path in $or and beside it', { b: { a: ['x'], $or: [{ a: ['y'] }, { c: ['z'] }] } }, 'b.a', 'asked for twice'],
    ['$or with one alternative', { detail: { $or: [{ a: [1] }] } }, 'detail.$or', 'at least two'],
  ])('refuses %s and says where', (_name, pattern, path, problem) => {
    const error = catchError(() => compileEventPattern(pattern));
    expect(error).toBeInstanceOf(EventPatternError);
    expect(error).toMatchObject({ path, problem: expect.stringContaining(problem) });
  });

  it('refuses a pattern whose alternatives multiply beyond the limit', () => {
    const or = (name: string) => ({ $or: Array.from({ length: 11 }, (_, index) => ({ [name]: [index] })) });
    expect(() => compileEventPattern({ a: or('x'), b: or('x'), c: or('x') })).toThrow('more than 1000 combinations');
  });

  it('escapes one star of two', () => {
    expect(compileEventPattern({ a: [{ wildcard: '\\**' }] })({ a: '*x' })).toBe(true);
    expect(compileEventPattern({ a: [{ wildcard: '\\**' }] })({ a: 'x' })).toBe(false);
  });
});

describe('for any event and pattern', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const scalar = fc.constantFrom<unknown>('', 'x', 'xy', 'Y', 0, 1, 2, true, null);
  const leaf = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));
  const { event: anyEvent } = fc.letrec<{ event: unknown; value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, tie('event')),
    event: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  }));
  const condition = fc.oneof(
    scalar,
    fc.record({ prefix: fc.constantFrom('x', 'y', '') }),
    fc.record({ numeric: fc.constantFrom<unknown>(['>', 0], ['<=', 1], ['>=', 1, '<', 3]) }),
    fc.record({ exists: fc.boolean() }),
    fc.record({ 'anything-but': fc.constantFrom<unknown>('x', ['x', 'Y'], 1, [0, 2]) }),
  );
  const conditions = fc.array(condition, { minLength: 1, maxLength: 2 });
  const { pattern: anyPattern } = fc.letrec<{ pattern: Record<string, unknown>; value: unknown }>((tie) => ({
    value: fc.oneof({ maxDepth: 2 }, conditions, tie('pattern')),
    pattern: fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 2 }),
  }));

  it('agrees with a naive reading where no objects lie in arrays', () => {
    fc.assert(
      fc.property(anyEvent, anyPattern, (candidate, pattern) => {
        expect(compileEventPattern(pattern)(candidate)).toBe(naive(candidate, pattern));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads $or as any of its alternatives', () => {
    fc.assert(
      fc.property(anyEvent, anyPattern, anyPattern, (candidate, left, right) => {
        const either = compileEventPattern(left)(candidate) || compileEventPattern(right)(candidate);
        expect(compileEventPattern({ $or: [left, right] })(candidate)).toBe(either);
      }),
    );
  });

  it('matches an array of objects where one of them would match alone, for conditions that need a value', () => {
    const needsValue = fc.dictionary(key, fc.array(fc.oneof(scalar, fc.constant({ exists: true })), { minLength: 1, maxLength: 2 }), {
      minKeys: 1,
      maxKeys: 3,
    });
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 3 }), needsValue, (elements, pattern) => {
        const expected = elements.some((element) => compileEventPattern({ list: pattern })({ list: element }));
        expect(compileEventPattern({ list: pattern })({ list: elements })).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads a wildcard as the regular expression it looks like', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '\\'), maxLength: 6 });
    const wildcard = fc
      .array(fc.constantFrom('a', 'b', '*', '\\*', '\\\\'), { maxLength: 5 })
      .filter((tokens) => !/\*\*/.test(tokens.map((token) => token.replace('\\*', 'E')).join('')));
    fc.assert(
      fc.property(letters, wildcard, (text, tokens) => {
        const expression = new RegExp(`^${tokens.map((token) => (token === '*' ? '.*' : token)).join('')}$`, 's');
        expect(compileEventPattern({ a: [{ wildcard: tokens.join('') }] })({ a: text })).toBe(expression.test(text));
      }),
      { numRuns: 2000 },
    );
  });
});

/** The specification by recursion, for events without objects in arrays. */
function naive(value: unknown, pattern: Record<string, unknown>): boolean {
  return Object.entries(pattern).every(([name, expected]) => {
    const isThere = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name);
    const field = isThere ? (value as Record<string, unknown>)[name] : undefined;
    if (!Array.isArray(expected)) return naive(field, expected as Record<string, unknown>);
    const isObject = typeof field === 'object' && field !== null && !Array.isArray(field);
    const values = Array.isArray(field) ? field : isThere && !isObject ? [field] : [];
    return expected.some((condition) =>
      condition?.exists === false ? values.length === 0 : values.some((one) => naiveTest(one, condition)),
    );
  });
}

function naiveTest(value: unknown, condition: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return value === condition;
  const [[operator, operand] = ['', undefined]] = Object.entries(condition);
  switch (operator) {
    case 'prefix':
      return typeof value === 'string' && value.slice(0, String(operand).length) === operand;
    case 'numeric': {
      if (typeof value !== 'number') return false;
      const text = JSON.stringify(operand);
      return text === '[">",0]' ? value > 0 : text === '["<=",1]' ? value <= 1 : value >= 1 && value < 3;
    }
    case 'exists':
      return true;
    default:
      return ![operand].flat().includes(value);
  }
}

function catchError(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
