import { parseArgs } from 'node:util';

export const BENCHMARKS = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'P9', 'P13'] as const;
export type BenchmarkId = (typeof BENCHMARKS)[number];

export type Options = {
  only: BenchmarkId[];
  /** Where to write the figures as JSON. */
  jsonFile?: string;
  /** End with exit code 1 when a budget is missed. */
  isStrict: boolean;
};

export const USAGE = `usage: npm run bench -- [--only ${BENCHMARKS.join(',')}] [--json FILE] [--strict]`;

/** Reads the command line; a mistake is an error whose message says what to write instead. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string' }, json: { type: 'string' }, strict: { type: 'boolean', default: false } },
  });
  return {
    only: values.only === undefined ? [...BENCHMARKS] : values.only.split(',').map(toBenchmark),
    isStrict: values.strict,
    ...(values.json === undefined ? {} : { jsonFile: values.json }),
  };
}

function toBenchmark(name: string): BenchmarkId {
  const id = BENCHMARKS.find((known) => known === name.trim().toUpperCase());
  if (!id) throw new TypeError(`there is no benchmark "${name}"; --only takes ${BENCHMARKS.join(', ')}, separated by commas`);
  return id;
}
