import { suggestName } from './closest-name.ts';
import { type Finding, type PolicyPath, warning } from './finding.ts';
import { operatorOf } from './pattern-leaves.ts';
import type { Feature } from './request-document.ts';

type ConditionInput = {
  condition: unknown;
  feature: Feature /** As the pattern has it, like `labels.team`. */;
  name: string;
  path: PolicyPath;
};

/** What a feature is, and what to compare it with. */
const KIND_WORDS = {
  number: { is: 'a number', write: "{ numeric: ['>', 1000] }" },
  boolean: { is: 'true or false', write: 'true or false' },
  text: { is: 'a text', write: 'a text or { prefix: "x" }' },
  labels: { is: 'a text', write: 'a text or { prefix: "x" }' },
} as const;

const TEXT_OPERATORS: readonly string[] = ['prefix', 'suffix', 'wildcard', 'equals-ignore-case', 'cidr'];
export const OPERATORS: readonly string[] = [...TEXT_OPERATORS, 'anything-but', 'numeric', 'exists'];

/** `/x/i`, `^x$`, `x.*`: what other systems take for a regular expression. */
const REGULAR_EXPRESSION = /^\/.+\/[a-z]*$|^\^|\$$|\.\*/;

/** Whether a feature can ever be what one condition of a pattern asks, and whether that is likely to be meant. */
export function checkCondition(input: ConditionInput): Finding[] {
  const { condition, feature, name, path } = input;
  const operation = operatorOf(condition);
  if (operation) return checkOperator({ ...input, ...operation });
  // Other maps and lists are no conditions, which the compiler of patterns says.
  if (typeof condition === 'object' && condition !== null) return [];
  if (feature.kind === 'number' && typeof condition === 'number') {
    return [warning(path, `is met only by exactly ${condition} tokens; write { numeric: ['>=', ${condition}] } for that many or more`)];
  }
  const isText = feature.kind === 'text' || feature.kind === 'labels';
  if (typeof condition === (isText ? 'string' : feature.kind)) return isText ? checkText(String(condition), input) : [];
  return [
    {
      path,
      message: `is ${JSON.stringify(condition)}, and ${name} is ${KIND_WORDS[feature.kind].is}: it never matches; ${remedyFor(condition, feature)}`,
    },
  ];
}

function remedyFor(condition: unknown, { kind }: Feature): string {
  if (kind === 'number' || kind === 'boolean') return `write ${KIND_WORDS[kind].write}`;
  return condition === null ? 'write { exists: false } for a request without it' : `write "${String(condition)}", in quotes`;
}

function checkText(value: string, { feature, name, path }: ConditionInput): Finding[] {
  if (feature.kind === 'text' && feature.values && !feature.values.includes(value)) {
    return [{ path, message: `is "${value}", which ${name} never is${suggestName(value, feature.values)}` }];
  }
  if (name === 'language' && !/^[a-z]{2,3}$/.test(value)) {
    const message = `is "${value}", and language is a code of two or three letters: it never matches; write one, like en, de or vi`;
    return [{ path, message }];
  }
  if (name !== 'text') return [];
  const why = REGULAR_EXPRESSION.test(value) ? ', because patterns have no regular expressions' : '';
  return [warning(path, `is met only by a message that is exactly "${value}"${why}; write ${wildcardFor(value)} for one that contains it`)];
}

/** The condition for a message that contains a text, also where that was written as a regular expression. */
export function wildcardFor(value: string): string {
  const plain = REGULAR_EXPRESSION.test(value) ? value.replaceAll(/^\/?\^?|\$?(\/[a-z]*)?$/g, '').replaceAll('.*', '*') : value;
  const wildcard = plain.includes('*') && plain === value ? plain : `*${plain}*`.replaceAll(/\*+/g, '*');
  return `{ wildcard: ${JSON.stringify(wildcard)} }`;
}

function checkOperator({ feature, name, path, operator, operand }: ConditionInput & { operator: string; operand: unknown }): Finding[] {
  const { is, write } = KIND_WORDS[feature.kind];
  const compared = operator === 'numeric' ? 'numbers' : TEXT_OPERATORS.includes(operator) ? 'texts' : undefined;
  const isOfKind = compared === undefined || (compared === 'numbers') === (feature.kind === 'number');
  if (!isOfKind || (compared !== undefined && feature.kind === 'boolean')) {
    return [{ path, message: `compares ${compared}, and ${name} is ${is}: it never matches; write ${write}` }];
  }
  if (operator === 'exists' && operand === false && feature.kind !== 'labels' && feature.isAlwaysThere) {
    return [{ path, message: `asks for a request without ${name}, and every request has it: it never matches; remove it` }];
  }
  const isMetByText = operator === 'anything-but' && name === 'inputModalities' && ![operand].flat().includes('text');
  const message =
    'is met by every request: one modality that is none of these is enough, and every request has text; list those that are meant';
  return isMetByText ? [warning(path, message)] : [];
}
