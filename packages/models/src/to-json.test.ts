import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toJson } from './to-json.ts';

it.each([
  ['bytes', new Uint8Array([255, 0]), '/wA='],
  ['a view into a larger buffer', new Uint8Array([9, 255, 0, 9]).subarray(1, 3), '/wA='],
  ['absent members', { a: undefined, b: 1 }, { b: 1 }],
  ['a big integer', 12345678901234567890n, 12345678901234567000],
  ['no number', Number.NaN, null],
  ['a union member of a later SDK', { $unknown: ['hologram', { x: 1 }] }, { hologram: { x: 1 } }],
  ['a plain object that looks like an exact number', { string: '5', type: 'bigDecimal' }, { string: '5', type: 'bigDecimal' }],
  ['a function', () => 1, null],
])('turns %s into JSON', (_name, value, expected) => {
  expect(toJson(value)).toEqual(expected);
});

it('leaves JSON as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).includes('$unknown'));
      expect(JSON.stringify(toJson(value))).toBe(JSON.stringify(value));
    }),
  );
});
