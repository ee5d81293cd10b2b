import type { Pair } from './make-pairs.ts';
import type { Verdict } from './verdict.ts';

/** Where we differ from event-ruler on purpose, with the smallest pair that shows it. */
export type KnownDifference = {
  name: string;
  reason: string;
  example: Pair;
  explains: (pair: Pair, ruler: Verdict, ours: Verdict) => boolean;
};

const ASTRAL = /[\ud800-\udfff]/;

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'ignore-case of a character beyond the basic plane',
    reason: 'event-ruler 1.8.1 takes the two halves of such a character for two unknown ones, so that an emoji does not equal itself',
    example: { pattern: '{"a":[{"equals-ignore-case":"😀"}]}', event: '{"a":"😀"}' },
    explains: ({ pattern }, ruler, ours) =>
      bothJudge(ruler, ours) && operands(pattern, 'equals-ignore-case').some((text) => ASTRAL.test(text)),
  },
  {
    name: 'a network of every address',
    reason: 'event-ruler compares addresses as hexadecimal texts, so that 0.0.0.0/0 and ::/0 take in numbers and the other family too',
    example: { pattern: '{"a":[{"cidr":"::/0"}]}', event: '{"a":3}' },
    explains: ({ pattern }, ruler, ours) =>
      ruler.kind === 'matches' && ours.kind === 'differs' && operands(pattern, 'cidr').some((network) => network.endsWith('/0')),
  },
  {
    name: 'an address with leading zeros',
    reason: 'some programs read 010 as eight and Java reads it as ten: what is not one address is none here',
    example: { pattern: '{"a":[{"cidr":"10.0.1.0/24"}]}', event: '{"a":"010.0.1.17"}' },
    explains: ({ pattern, event }, ruler, ours) =>
      ruler.kind === 'matches' && ours.kind === 'differs' && /"0\d+\.\d+\.\d+\.\d+"/.test(pattern + event),
  },
  {
    name: 'a number that no double is',
    reason:
      'JSON numbers are doubles in JavaScript: 9007199254740993 is read as 9007199254740992, where event-ruler refuses or compares digits',
    example: { pattern: '{"a":[{"numeric":["=",9007199254740993]}]}', event: '{"a":9007199254740993}' },
    explains: ({ pattern, event }) => /[[:,-](9007199254740993|12345678901234567890)[\],}]/.test(pattern + event),
  },
  {
    name: 'a path that is asked for twice, in $or and beside it',
    reason: 'event-ruler 1.8.1 forgets the conditions written first, without a word; later versions can refuse it, as we do',
    example: { pattern: '{"a":["x"],"$or":[{"a":["y"]},{"b":["z"]}]}', event: '{"a":"y"}' },
    explains: (_, __, ours) => ours.kind === 'refused' && ours.reason.includes('is asked for twice'),
  },
  {
    name: 'conditions that event-ruler mixes up',
    reason: 'event-ruler 1.8.1 shares states between the conditions of a rule; asked for each way to match alone, it says what we say',
    example: {
      pattern: '{"$or":[{"a":[{"exists":false}]},{"a":[{"exists":false},{"suffix":"y"}]}],"b":["z"]}',
      event: '{"a":"xy","b":"z"}',
    },
    explains: (_, ruler, ours) => 'apart' in ruler && ruler.apart === ours.kind,
  },
  {
    name: 'a cast that fails in event-ruler',
    reason:
      'event-ruler 1.8.1 cannot hold some conditions that ignore case beside others that do not: it refuses with a ClassCastException',
    example: {
      pattern: '{"a":[{"wildcard":"*\u0301t*"},{"suffix":{"equals-ignore-case":"e\u0301"}}]}',
      event: '{"a":"e\u0301te\u0301"}',
    },
    explains: (_, ruler) => ruler.kind === 'refused' && ruler.reason.includes('ClassCastException'),
  },
];

function bothJudge(...verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ kind }) => kind === 'matches' || kind === 'differs');
}

/** The texts that an operator has anywhere in a pattern. */
function operands(pattern: string, operator: string): string[] {
  const found: string[] = [];
  JSON.parse(pattern, (key, value: unknown) => {
    if (key === operator) found.push(...[value].flat().filter((text) => typeof text === 'string'));
    return value;
  });
  return found;
}
