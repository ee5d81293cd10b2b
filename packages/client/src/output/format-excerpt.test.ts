import { describe, expect, it } from 'vitest';
import { formatExcerpt } from './format-excerpt.ts';

const source = 'version: 1\n  - nova\r\n\n\t\tx: 1';

describe('formatExcerpt', () => {
  it('puts a caret under the column', () => {
    expect(formatExcerpt({ source, line: 2, column: 5 })).toBe('    2 |   - nova\n      |     ^');
  });

  it('keeps tabs before the caret, as wide as the terminal makes them', () => {
    expect(formatExcerpt({ source, line: 4, column: 3 })).toBe('    4 | \t\tx: 1\n      | \t\t^');
  });

  it('shows no control character, which might steer the terminal', () => {
    expect(formatExcerpt({ source: 'class: sim\u001B[31mple', line: 1, column: 8 })).toBe(
      '    1 | class: sim\uFFFD[31mple\n      |        ^',
    );
  });

  it('shows of a very long line what stands around the column', () => {
    const long = `${'a'.repeat(300)}B${'c'.repeat(300)}`;
    const [text = '', caret = ''] = formatExcerpt({ source: long, line: 1, column: 301 })?.split('\n') ?? [];
    expect(text.length).toBeLessThan(120);
    expect(text[caret.indexOf('^')]).toBe('B');
  });

  it.each([3, 9])('has nothing to show of line %i, which is empty or not there', (line) => {
    expect(formatExcerpt({ source, line, column: 1 })).toBeUndefined();
  });
});
