import fc from 'fast-check';
import { expect, it } from 'vitest';
import { withoutIntegerBounds } from './without-integer-bounds.ts';

const read = (schema: unknown) => JSON.parse(JSON.stringify(schema));
const bounds = { minimum: -9_007_199_254_740_991, maximum: 9_007_199_254_740_991 };

it('takes the bounds that say nothing from integers, wherever they stand', () => {
  const integer = { type: 'integer', ...bounds };
  const schema = { type: 'object', properties: { count: integer, sizes: { type: 'array', items: integer } }, required: ['count'] };
  expect(withoutIntegerBounds(schema)).toEqual({
    ...schema,
    properties: { count: { type: 'integer' }, sizes: { type: 'array', items: { type: 'integer' } } },
  });
});

it.each([
  ['a bound that was asked for', { type: 'integer', minimum: 1, maximum: 5 }],
  ['a property that is called so', { type: 'object', properties: { minimum: { type: 'integer' }, maximum: { const: 1 } } }],
])('leaves %s', (_what, schema) => {
  expect(withoutIntegerBounds(schema)).toEqual(schema);
});

it('changes no schema without such a bound, wherever it may stand', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const schema = read(value);
      expect(withoutIntegerBounds(schema)).toEqual(schema);
      expect(withoutIntegerBounds({ anyOf: [schema, { ...bounds, of: schema }] })).toEqual({ anyOf: [schema, { of: schema }] });
    }),
  );
});
