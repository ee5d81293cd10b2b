import { parseArgs } from 'node:util';
import { judgeByRuler } from './judge-by-ruler.ts';
import { judgeByUs } from './judge-by-us.ts';
import { KNOWN_DIFFERENCES, type KnownDifference } from './known-differences.ts';
import { makePairs, type Pair } from './make-pairs.ts';
import { makeRandom } from './make-random.ts';
import type { Verdict } from './verdict.ts';

/** How many differences are told of in full. */
const SHOWN = 10;

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } } });
const count = readNumber('pairs', values.pairs);
const seed = readNumber('seed', values.seed);

const examples = KNOWN_DIFFERENCES.map(({ example }) => example);
const generated = makePairs(count, makeRandom(seed));
const ruler = await judgeByRuler([...examples, ...generated]);
const judged = [...examples, ...generated].map((pair, index) => judge(pair, ruler[index]));

const outdated = KNOWN_DIFFERENCES.filter((difference, index) => !stillHolds(difference, judged[index]));
const compared = judged.slice(examples.length);
const known = new Map(KNOWN_DIFFERENCES.map((difference) => [difference, 0]));
const differences = compared.filter((each) => !each.isSame && !isKnown(each));

report();
process.exitCode = differences.length + outdated.length === 0 ? 0 : 1;

type Judged = { pair: Pair; ruler: Verdict; ours: Verdict; isSame: boolean };

function judge(pair: Pair, verdict: Verdict | undefined): Judged {
  if (verdict === undefined) throw new Error('unreachable: there is a verdict on every pair');
  const ours = judgeByUs(pair);
  return { pair, ruler: verdict, ours, isSame: ours.kind === verdict.kind && ours.kind !== 'broken' };
}

function stillHolds({ explains }: KnownDifference, judgement: Judged | undefined): boolean {
  return judgement !== undefined && !judgement.isSame && explains(judgement.pair, judgement.ruler, judgement.ours);
}

function isKnown(judgement: Judged): boolean {
  const difference = KNOWN_DIFFERENCES.find(({ explains }) => explains(judgement.pair, judgement.ruler, judgement.ours));
  if (difference) known.set(difference, (known.get(difference) ?? 0) + 1);
  return difference !== undefined;
}

function report(): void {
  const same = compared.filter(({ isSame }) => isSame);
  const of = (kind: Verdict['kind']) => same.filter(({ ours }) => ours.kind === kind).length;
  console.log(`event-ruler and this project's matcher on ${count} pairs (seed ${seed}):`);
  console.log(`  the same on ${same.length}: ${of('matches')} match, ${of('differs')} do not, ${of('refused')} patterns are refused`);
  for (const [difference, times] of known) console.log(`  differ ${times} times as listed: ${difference.name}`);
  for (const difference of outdated) console.log(`  listed, but no longer so: ${difference.name}. Strike it from known-differences.ts.`);
  for (const difference of differences.slice(0, SHOWN)) console.log(describe(difference));
  if (differences.length > SHOWN) console.log(`  and ${differences.length - SHOWN} more`);
  console.log(`${compared.length - differences.length} passed, ${differences.length + outdated.length} failed`);
}

function describe({ pair, ruler: theirs, ours }: Judged): string {
  const say = (verdict: Verdict) => ('reason' in verdict ? `${verdict.kind} (${verdict.reason})` : verdict.kind);
  return `  pattern ${pair.pattern}\n  event   ${pair.event}\n    event-ruler: ${say(theirs)}\n    ours:        ${say(ours)}`;
}

function readNumber(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${option} must be a whole number from 1, not ${text}`);
  return number;
}
