import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCharacters } from './count-characters.ts';
import { estimateTokens } from './estimate-tokens.ts';

describe('countCharacters', () => {
  it.each<[string, unknown, number]>([
    ['a text', 'abc', 3],
    [
      'texts at any depth',
      { system: [{ text: 'ab' }], messages: [{ content: [{ text: 'cde' }, { image: { source: { bytes: 'AAAA' } } }] }] },
      9,
    ],
    ['no text', { temperature: 1, stream: true, input: null }, 0],
    ['nothing', undefined, 0],
  ])('counts %s', (_, content, characters) => {
    expect(countCharacters(content)).toBe(characters);
  });

  it('is no less than the tokens of ordinary text', () => {
    fc.assert(
      fc.property(fc.lorem({ maxCount: 200 }), (text) => {
        expect(estimateTokens(text)).toBeLessThanOrEqual(countCharacters(text));
      }),
    );
  });
});
