import * as z from 'zod/mini';

/** One thing wrong with a document: where, what, and what to write instead. Never quotes the value: it may be a prompt. */
export const Problem = z.object({
  /** Path of the field, `messages[0].role`; empty for the document as a whole. */
  path: z.string(),
  /** A sentence that says what was expected. */
  message: z.string(),
});
export type Problem = z.infer<typeof Problem>;

/** More findings than this are counted, not listed: a list travels in events of limited size. */
const MAX_LISTED = 20;
/** Longer keys are cut in a path, in characters. */
const MAX_KEY_LENGTH = 64;
const TYPE_NAMES: Record<string, string> = { int: 'integer', record: 'object' };
const FORMATS: Record<string, string> = {
  datetime: 'must be an ISO 8601 date and time with seconds and offset, like 2026-01-31T12:00:00Z',
  url: 'must be an absolute URL',
};

type Issue = z.core.$ZodIssue;

/**
 * Says each validation issue in words that name the field, and never repeat its value.
 * With the document that was parsed, a field that is missing is told from one of a wrong type: issues do not carry their input.
 */
export function describeIssues(issues: readonly Issue[], document?: unknown): Problem[] {
  const problems = issues.flatMap((issue) => describeIssue(issue, isMissing(document, issue.path)));
  return shorten(problems, (count) => ({ path: '', message: `has ${count} more problems, which are not listed` }));
}

/** The first items of a list that may be long, and one that says how many were left out. */
export function shorten<Item>(items: readonly Item[], more: (count: number) => Item): Item[] {
  if (items.length <= MAX_LISTED) return [...items];
  return [...items.slice(0, MAX_LISTED), more(items.length - MAX_LISTED)];
}

function describeIssue(issue: Issue, missing: boolean): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: formatPath([...issue.path, key]),
      message: 'is not a known field; remove it or correct its name',
    }));
  }
  return [{ path: formatPath(issue.path), message: expectation(issue, missing) }];
}

function expectation(issue: Issue, missing: boolean): string {
  switch (issue.code) {
    case 'invalid_type':
      return missing ? `is required (${typeName(issue.expected)})` : `must be of type ${typeName(issue.expected)}`;
    case 'invalid_value':
      return missing ? `is required (one of: ${listed(issue.values)})` : `must be one of: ${listed(issue.values)}`;
    case 'too_small':
      return sizeRule(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return sizeRule(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    case 'invalid_format':
      return issue.format === 'regex' ? `must match ${issue.pattern}` : (FORMATS[issue.format] ?? `must be a valid ${issue.format}`);
    case 'invalid_key':
      return `is not an allowed key: a key ${issue.issues.map((inner) => expectation(inner, false)).join(' and ')}`;
    case 'invalid_union':
      return missing ? 'is required' : 'has none of the forms that are allowed here';
    case 'custom':
      return issue.message;
    default:
      return 'is not valid';
  }
}

function sizeRule(origin: string, bound: string, limit: number | bigint): string {
  const plural = limit === 1 ? '' : 's';
  if (origin === 'string') return `must be ${bound} ${limit} character${plural} long`;
  if (origin === 'array') return `must have ${bound} ${limit} item${plural}`;
  return `must be ${bound} ${limit}`;
}

function typeName(expected: string): string {
  return TYPE_NAMES[expected] ?? expected;
}

function listed(values: readonly unknown[]): string {
  return values.map(String).join(', ');
}

/** True when the document is at hand and has nothing at the path. */
function isMissing(document: unknown, path: readonly PropertyKey[]): boolean {
  if (document === undefined) return false;
  const value = path.reduce<unknown>((node, key) => (node as Record<PropertyKey, unknown> | null | undefined)?.[key], document);
  return value === undefined;
}

/** `['messages', 0, 'role']` as `messages[0].role`; a key that is not a plain word stands quoted in brackets. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = String(part);
    if (!/^[\w$-]{1,64}$/.test(key)) return `${text}[${JSON.stringify(shortKey(key))}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function shortKey(key: string): string {
  return key.length > MAX_KEY_LENGTH ? `${key.slice(0, MAX_KEY_LENGTH).toWellFormed()}…` : key;
}
