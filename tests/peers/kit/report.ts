import { inspect, isDeepStrictEqual } from 'node:util';

/** One question, and what this project and its peer answer. */
export type Comparison = { name: string; ours: unknown; theirs: unknown };

/** Where we differ from a peer and leave it so. `name` is the comparison's. */
export type KnownDifference = { name: string; reason: string };

export type Verdict = { passed: number; listed: KnownDifference[]; differing: Comparison[]; outdated: KnownDifference[] };

/** Each answer of a comparison by itself, so that a listed difference excuses no other. */
export function byPart({ name, ours, theirs }: Comparison): Comparison[] {
  if (!isRecord(ours) || !isRecord(theirs)) return [{ name, ours, theirs }];
  const keys = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
  return [...keys].map((key) => ({ name: `${name}: ${key}`, ours: ours[key], theirs: theirs[key] }));
}

/** A listed difference that is none any more, or that nothing compares, is as wrong as one that is not listed. */
export function judge(comparisons: readonly Comparison[], known: readonly KnownDifference[]): Verdict {
  const same = comparisons.filter(({ ours, theirs }) => isDeepStrictEqual(plain(ours), plain(theirs)));
  const names = new Set(comparisons.filter((comparison) => !same.includes(comparison)).map(({ name }) => name));
  const listed = known.filter(({ name }) => names.has(name));
  return {
    passed: same.length + comparisons.filter((each) => !same.includes(each) && listed.some(({ name }) => name === each.name)).length,
    listed,
    differing: comparisons.filter((each) => !same.includes(each) && !listed.some(({ name }) => name === each.name)),
    outdated: known.filter(({ name }) => !names.has(name)),
  };
}

/** Prints differences, listed and not, and the closing line; the process fails when there is anything to mend. */
export function report(title: string, comparisons: readonly Comparison[], known: readonly KnownDifference[]): void {
  const { passed, listed, differing, outdated } = judge(comparisons, known);
  console.log(`${title}: ${comparisons.length} comparisons`);
  for (const { name, reason } of listed) console.log(`  differs as listed: ${name} (${reason})`);
  for (const { name } of outdated) console.log(`  listed, but no longer so: ${name}. Strike it from known-differences.ts.`);
  for (const { name, ours, theirs } of differing) console.log(`  differs: ${name}\n    ours:   ${show(ours)}\n    theirs: ${show(theirs)}`);
  const failed = differing.length + outdated.length;
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('error' in value);
}

/** As it crosses the wire: a member that is undefined is none. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function show(value: unknown): string {
  return inspect(value, { depth: 8, breakLength: 200, maxStringLength: 500 }).replaceAll('\n', '\n            ');
}
