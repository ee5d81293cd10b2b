import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateJson } from './generate-json.ts';
import { seededRandom } from './seeded-random.ts';

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const make = (schema: unknown, seed = 'seed', words = ['oslo', 'red']) => generateJson({ schema, random: seededRandom(seed), words });

const scalar = fc.oneof(
  fc.record({ type: fc.constant('string'), minLength: fc.nat(9), maxLength: fc.integer({ min: 9, max: 30 }) }),
  fc.record({ type: fc.constant('integer'), minimum: fc.integer({ min: -50, max: 50 }), maximum: fc.integer({ min: 50, max: 90 }) }),
  fc.record({
    type: fc.constant('number'),
    exclusiveMinimum: fc.integer({ min: -5, max: 5 }),
    exclusiveMaximum: fc.integer({ min: 7, max: 9 }),
  }),
  fc.record({ type: fc.constant('integer'), multipleOf: fc.integer({ min: 1, max: 7 }), minimum: fc.nat(20) }),
  fc.record({ enum: fc.uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.constant(null)), { minLength: 1 }) }),
  fc.record({ const: fc.jsonValue() }),
  fc.record({ type: fc.constantFrom('boolean', 'null') }),
  fc.record({ type: fc.constant(['null', 'string']) }),
);
const { schema: anySchema } = fc.letrec<{ schema: object }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.nat(3), maxItems: fc.integer({ min: 3, max: 5 }) }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('schema'), { maxKeys: 4 }).map((properties) => ({
      type: 'object',
      properties,
      required: Object.keys(properties).slice(0, 2),
      additionalProperties: false,
    })),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
  ),
}));

describe('generated JSON', () => {
  it('conforms to any schema of the supported kind', () => {
    fc.assert(
      fc.property(anySchema, fc.string(), (schema, seed) => {
        const value = make(schema, seed);
        expect(ajv.validate(schema, value), `${JSON.stringify(value)} against ${JSON.stringify(schema)}`).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a reference', { $ref: '#/$defs/color', $defs: { color: { enum: ['red', 'blue'] } } }],
    [
      'allOf',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
          { properties: { b: { const: 1 } }, required: ['b'] },
        ],
      },
    ],
    [
      'oneOf beside properties',
      {
        type: 'object',
        properties: { id: { type: 'string' } },
        required: ['id'],
        oneOf: [{ properties: { k: { const: 1 } }, required: ['k'] }],
      },
    ],
    ['unique items', { type: 'array', uniqueItems: true, minItems: 4, items: { type: 'integer', minimum: 1, maximum: 5 } }],
    ['a tuple', { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'boolean' }], items: { type: 'string' }, minItems: 3 }],
    [
      'a recursive tree',
      {
        type: 'object',
        properties: { children: { type: 'array', items: { $ref: '#' } }, name: { type: 'string' } },
        required: ['name', 'children'],
      },
    ],
    ['no type', { properties: { a: {} }, required: ['a'] }],
  ])('follows %s', (_name, schema) => {
    const value = make(schema);
    expect(ajv.validate(schema, value), JSON.stringify(value)).toBe(true);
  });

  it('prefers the member the prompt names', () => {
    expect(make({ enum: ['green', 'Red', 'blue'] })).toBe('Red');
  });

  it('refuses a schema that no finite value satisfies', () => {
    expect(() => make({ type: 'object', properties: { self: { $ref: '#' } }, required: ['self'] })).toThrow(/without end/);
  });
});
