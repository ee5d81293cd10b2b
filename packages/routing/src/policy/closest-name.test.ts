import fc from 'fast-check';
import { expect, it } from 'vitest';
import { closestName, suggestName } from './closest-name.ts';

it.each([
  ['nova-lit', 'nova-lite'],
  ['novalite', 'nova-lite'],
  ['nova-ltie', 'nova-lite'],
  ['hiaku', 'haiku'],
  ['gpt', undefined],
])('takes %s for %s', (name, expected) => {
  expect(closestName(name, ['nova-micro', 'nova-lite', 'haiku'])).toBe(expected);
});

it('lists what there is when nothing is near', () => {
  expect(suggestName('gpt', ['haiku', 'nova-lite'])).toBe('; write one of: haiku, nova-lite');
  expect(suggestName('gpt', [])).toBe('; there is none yet');
});

it('always finds a name that is known', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 }), (known) => {
      for (const name of known) expect(closestName(name, known)).toBe(name);
    }),
  );
});
