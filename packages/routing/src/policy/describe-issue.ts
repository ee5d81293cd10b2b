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
    return issue.keys.map((key) => ({ path: [...at, key], message: describeUnknownField(key, at, valueAt(found, [key])), at: 'key' }));
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
      return `must be ${TYPE_WORDS[issue.expected] ?? `a ${issue.expected}`}${describeFound(issue.expected, found)}`;
    case 'invalid_value':
      if (isQuoted(found, issue.values)) return `must be ${found}, without quotes`;
      return `must be ${issue.values.length === 1 ? '' : 'one of: '}${issue.values.map(String).join(', ')}${suggestValue(found, issue.values)}`;
    case 'too_small':
      return sizeRule(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return sizeRule(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    default:
      return issue.message;
  }
}

/** What stands there instead, and how to write what was probably meant. */
function describeFound(expected: string, found: unknown): string {
  if (found === undefined) return '';
  // "Not empty" would read as if an empty one were at fault.
  if (found === null) return ', but is empty';
  const remedy = correctType(expected, found);
  return `, not ${typeWord(found)}${remedy === undefined ? '' : `; write ${remedy}`}`;
}

function correctType(expected: string, found: unknown): string | undefined {
  if (expected === 'string') return typeof found === 'number' && Number.isFinite(found) ? `"${found}", in quotes` : undefined;
  if (typeof found !== 'string') return undefined;
  if (expected === 'array') return correctList(found);
  return expected === 'number' || expected === 'int' ? correctNumber(found) : undefined;
}

function correctList(found: string): string | undefined {
  if (found.startsWith('-')) return 'a space after each hyphen that begins an item';
  return /^[a-z0-9][\w.*, -]*$/i.test(found) ? `[${found}]` : undefined;
}

/** Of `1024` in quotes, `8_192`, `300,000`; what has a unit or a sign of its own might mean anything. */
function correctNumber(found: string): string | undefined {
  if (/^\d{1,15}(\.\d+)?$/.test(found)) return `${found}, without quotes`;
  return /^\d{1,3}([_, ']\d{3}){1,4}$/.test(found) ? found.replaceAll(/\D/g, '') : undefined;
}

function isQuoted(found: unknown, values: readonly unknown[]): boolean {
  return typeof found === 'string' && values.some((value) => typeof value !== 'string' && String(value) === found);
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
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of fields';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((node, key) => {
    return typeof node === 'object' && node !== null && Object.hasOwn(node, key) ? (node as Record<PropertyKey, unknown>)[key] : undefined;
  }, value);
}
