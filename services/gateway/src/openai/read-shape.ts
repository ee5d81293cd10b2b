import { checkJsonShape, describeIssues, formatPath } from '@signalbox/contracts';
import type { Advice } from './parameter-advice.ts';
import { type ParameterProblem, refuseParameters } from './parameter-problems.ts';

type Issue = Parameters<typeof describeIssues>[0][number];
type Schema<Value> = {
  safeParse(body: unknown): { success: true; data: Value } | { success: false; error: { issues: readonly Issue[] } };
};
type Advices = { unsupported: Advice; invalid: Advice };

/** Reads a JSON body by a schema. Throws an HttpError that names every parameter that does not fit, with what to do about each. */
export function readShape<Value>(schema: Schema<Value>, body: unknown, advices: Advices): Value {
  const [unfit] = checkJsonShape(body);
  if (unfit) throw refuseParameters([{ ...unfit, code: 'invalid_request' }]);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const found = new Map<string, ParameterProblem>();
  for (const issue of parsed.error.issues.flatMap(split)) {
    const problem = toProblem(issue, body, advices);
    if (!found.has(problem.path)) found.set(problem.path, problem);
  }
  const [first, ...others] = found.values();
  throw refuseParameters([first ?? { path: '', message: 'is not valid', code: 'invalid_request' }, ...others]);
}

/** One issue for each unknown key; and of what may have one of several forms, the issues of the form that it has, which name the place inside. */
function split(issue: Issue): Issue[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ ...issue, keys: [key] }));
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.map((option) => option.flatMap(split)).find((option) => option.length > 0 && option.every(isInside));
  return inside?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
}

/** An issue of a member, not of the whole: so the whole was of the right type. */
function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function toProblem(issue: Issue, body: unknown, { unsupported, invalid }: Advices): ParameterProblem {
  const isUnknown = issue.code === 'unrecognized_keys';
  const path = isUnknown ? [...issue.path, ...issue.keys] : issue.path;
  const place = nearestPlace(path, unsupported);
  if (place) return { path: formatPath(place), message: adviceAt(place, unsupported) as string, code: 'unsupported_parameter' };
  const message = adviceAt(path, invalid) ?? describeIssues([issue], body)[0]?.message ?? 'is not valid';
  return { path: formatPath(path), message, code: isUnknown ? 'unsupported_parameter' : 'invalid_request' };
}

/** The path itself, or what it is part of, where there is advice: an entry of `logit_bias` is about `logit_bias`. */
function nearestPlace(path: readonly PropertyKey[], advice: Advice): readonly PropertyKey[] | undefined {
  const lengths = path.map((_, index) => path.length - index);
  return lengths.map((length) => path.slice(0, length)).find((place) => adviceAt(place, advice) !== undefined);
}

function adviceAt(path: readonly PropertyKey[], advice: Advice): string | undefined {
  const pattern = path.map((part, index) => (typeof part === 'number' ? '[]' : `${index > 0 ? '.' : ''}${String(part)}`)).join('');
  return Object.hasOwn(advice, pattern) ? advice[pattern] : undefined;
}
