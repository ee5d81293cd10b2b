import type * as z from 'zod/mini';

/** The schema's types in words. */
const EXPECTED: Partial<Record<string, string>> = {
  array: 'a list',
  boolean: 'true, false or null',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping of fields',
  record: 'a mapping of fields',
  string: 'text',
};

/** A schema's complaint as an instruction: what the value must be. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `has fields that the catalogue does not know: ${issue.keys.join(', ')}; leave them out, or correct their names`;
    case 'invalid_value':
      return `must be one of: ${issue.values.join(', ')}`;
    case 'invalid_type':
      return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
    case 'invalid_key':
      return 'has a key that the catalogue does not know; correct its name';
    case 'too_small':
      return issue.origin === 'number' ? `must be at least ${issue.minimum}` : 'must not be empty';
    default:
      return issue.message;
  }
}
