import fc from 'fast-check';
import { expect, it } from 'vitest';
import { suggestNames } from './suggest-names.ts';

const known = ['amazon.nova-lite-v1:0', 'amazon.nova-pro-v1:0', 'meta.llama3-3-70b-instruct-v1:0', 'xai.grok-4.7'];

it.each([
  ['nova-lite', ['amazon.nova-lite-v1:0']],
  ['amazon.nova-lite-v1:1', ['amazon.nova-lite-v1:0', 'amazon.nova-pro-v1:0']],
  ['GROK 4.7', ['xai.grok-4.7']],
  ['zzz', []],
  ['', []],
])('suggests for "%s" the names that are like it, best first', (name, expected) => {
  expect(suggestNames(name, known)).toEqual(expected);
});

it('puts names of less weight further back', () => {
  const weightOf = (name: string) => (name.includes('lite') ? 0.5 : 1);
  expect(suggestNames('amazon.nova-lite-v1:0', known, weightOf)).toEqual(['amazon.nova-pro-v1:0', 'amazon.nova-lite-v1:0']);
});

it('suggests at most three names, all known, and a known name first for itself', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{3,9}$/), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(names, (all) => {
      const [name = ''] = all;
      const suggestions = suggestNames(name, all);
      expect(suggestions[0]).toBe(name);
      expect(suggestions.length).toBeLessThanOrEqual(3);
      expect(all).toEqual(expect.arrayContaining(suggestions));
    }),
  );
});
