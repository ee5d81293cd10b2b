import * as z from 'zod/mini';

/** One thing wrong with a document: where, what, and what to write instead. Never quotes the value: it may be a prompt. */
export const Problem = z.object({
  /** Path of the field, `messages[0].role`; empty for the document as a whole. */
  path: z.string(),
  /** A sentence that says what was expected. */
  message: z.string(),
});
export type Problem = z.infer<typeof Problem>;

type Issue = z.core.$ZodIssue;

/** Says each validation issue in words that name the field, and never repeat its value. */
export function describeIssues(issues: readonly Issue[]): Problem[] {
  return issues.flatMap((issue) => describeIssue(issue));
}

function describeIssue(issue: Issue): Problem[] {
  const path = formatPath(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ path: formatPath([...issue.path, key]), message: 'is not a known field; remove it or correct its name' }));
    case 'invalid_type':
      return [{ path, message: issue.input === undefined ? `is required (${issue.expected})` : `must be of type ${issue.expected}` }];
    case 'invalid_value':
      return [{ path, message: `must be one of: ${issue.values.map(String).join(', ')}` }];
    case 'too_small':
      return [{ path, message: `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}` }];
    case 'too_big':
      return [{ path, message: `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}` }];
    case 'invalid_format':
      return [{ path, message: issue.format === 'regex' ? `must match ${issue.pattern}` : `must be a valid ${issue.format}` }];
    default:
      return [{ path, message: issue.message || 'is not valid' }];
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  if (origin === 'array') return ' items long';
  return '';
}

/** `['messages', 0, 'role']` as `messages[0].role`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
