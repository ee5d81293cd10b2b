import { describe, expect, it } from 'vitest';
import { ignoringCase } from './ignore-case.ts';

describe('ignoringCase', () => {
  it.each([
    ['the same text', 'abc', 'abc', true],
    ['another case', 'aBc', 'AbC', true],
    ['another text', 'abc', 'abd', false],
    ['a longer text', 'abc', 'abcd', false],
    ['a shorter text', 'abc', 'ab', false],
    ['letters beyond ASCII', 'hà nội', 'HÀ NỘI', true],
    ['characters beyond the basic plane', '😀x', '😀X', true],
    ['a sigma at the end as one elsewhere', 'ΣΑΣ', 'σασ', true],
    ['a letter whose upper form is two', 'straße', 'STRASSE', true],
    ['two letters whose lower form is not one', 'STRASSE', 'straße', false],
    ['a Kelvin sign for a k', 'k', '\u212a', false],
    ['a k for a Kelvin sign', '\u212a', 'k', true],
  ])('compares %s', (_, expected, text, result) => {
    expect(ignoringCase(expected).equals(text)).toBe(result);
  });

  it('finds a beginning and an end', () => {
    const { starts, ends } = ignoringCase('Straße');
    expect([starts('STRASSENBAHN'), starts('Die Straße'), starts('Stra')]).toEqual([true, false, false]);
    expect([ends('HAUPTSTRASSE'), ends('Straßenbahn'), ends('aße')]).toEqual([true, false, false]);
  });
});
