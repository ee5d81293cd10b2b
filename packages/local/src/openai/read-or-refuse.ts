import type * as z from 'zod/mini';
import { invalid } from '../bedrock/bedrock-error.ts';
import { describeIssue } from '../bedrock/describe-issue.ts';

/** The body as its schema has it. Throws a ValidationException that names every field that is wrong. */
export function readOrRefuse<Schema extends z.ZodMiniType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map(describeIssue).map(({ path, constraint }) => `'${path || 'body'}': ${constraint}`);
  throw invalid(problems.join('; '));
}
