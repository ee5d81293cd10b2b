import { describe, expect, it } from 'vitest';
import { BENCHMARKS, parseOptions } from './parse-options.ts';

describe('parseOptions', () => {
  it('measures everything unless told otherwise', () => {
    expect(parseOptions([])).toEqual({ only: [...BENCHMARKS], isStrict: false });
  });

  it('takes some benchmarks, a file and strictness', () => {
    expect(parseOptions(['--only', 'p3, P1', '--json', 'figures.json', '--strict'])).toEqual({
      only: ['P3', 'P1'],
      jsonFile: 'figures.json',
      isStrict: true,
    });
  });

  it.each([
    [['--only', 'P77'], /no benchmark "P77"; --only takes P1, P2, P3, P4, P5, P6, P7, P8, P9/],
    [['--fast'], /'--fast'/],
    [['extra'], /extra/],
  ])('refuses %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
