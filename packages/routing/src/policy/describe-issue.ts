import type * as z from 'zod/mini';
import { closestName } from './closest-name.ts';
import type { Finding, PolicyPath } from './finding.ts';
import { describeUnknownField } from './policy-places.ts';

type Issue = z.core.$ZodIssue;

const TYPE_WORDS: Record<string, string> = {
  int: 'a whole number',
  object: 'a map of fields',
  record: 'a map of fields',
  array: 'a list',
  string: 'a text',
  number: 'a number',
};

/** Says a schema's issue in the words of the policy. `value` is what was parsed, `path` where that stands in the policy. */
export function describeIssue({ issue, value, path }: { issue: Issue; value: unknown; path: PolicyPath }): Finding[] {
  const at = [...path, ...(issue.path as (string | number)[])];
  const found = valueAt(value, issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...at, key], message: describeUnknownField(key, at), at: 'key' }));
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((errors) => errors.every((error) => error.path.length > 0 || !isTypeIssue(error))) ?? issue.errors[0];
    return (branch ?? []).flatMap((inner) => describeIssue({ issue: inner as Issue, value: found, path: at }));
  }
  const rule = describeRule(issue, found);
  return [{ path: at, message: found === undefined ? `is required and ${rule}` : rule, at: 'value' }];
}

function describeRule(issue: Issue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPE_WORDS[issue.expected] ?? `a ${issue.expected}`}${found === undefined ? '' : `, not ${typeWord(found)}`}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of: '}${issue.values.map(String).join(', ')}${suggestValue(found, issue.values)}`;
    case 'too_small':
      return sizeRule(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return sizeRule(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    default:
      return issue.message;
  }
}

function suggestValue(found: unknown, values: readonly unknown[]): string {
  const closest = typeof found === 'string' ? closestName(found, values.map(String)) : undefined;
  return closest === undefined ? '' : `; did you mean "${closest}"?`;
}

function sizeRule(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'array') return `must have ${bound} ${limit} item${limit === 1 ? '' : 's'}`;
  return origin === 'string' ? `must have ${bound} ${limit} character${limit === 1 ? '' : 's'}` : `must be ${bound} ${limit}`;
}

function isTypeIssue(issue: { code?: string | undefined }): boolean {
  return issue.code === 'invalid_type';
}

function typeWord(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of fields';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((node, key) => {
    return typeof node === 'object' && node !== null && Object.hasOwn(node, key) ? (node as Record<PropertyKey, unknown>)[key] : undefined;
  }, value);
}
