import type * as z from 'zod/mini';

type Issue = z.core.$ZodIssue;

/** One schema violation in words, with the path of the value: what is wrong and what would be right. */
export function describeIssue(issue: Issue): { path: string; constraint: string } {
  return { path: issue.path.map(String).join('.'), constraint: constraint(issue) };
}

function constraint(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'Member must not be null' : `Member must be of type ${issue.expected}`;
    case 'too_small':
      return `Member must have ${measure(issue.origin)} greater than ${issue.inclusive === false ? '' : 'or equal to '}${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measure(issue.origin)} less than ${issue.inclusive === false ? '' : 'or equal to '}${issue.maximum}`;
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`;
    case 'invalid_format':
      return `Member must satisfy the ${issue.format} format`;
    case 'unrecognized_keys':
      return `Member must not have the unknown field ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
    default:
      return issue.message;
  }
}

function measure(origin: string): string {
  return origin === 'string' || origin === 'array' ? 'length' : 'value';
}
