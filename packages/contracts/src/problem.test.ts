import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { describeIssues, formatPath } from './problem.ts';

const Subject = z.strictObject({
  text: z.optional(z.string().check(z.minLength(1), z.maxLength(3))),
  list: z.optional(z.array(z.string()).check(z.minLength(1), z.maxLength(2))),
  count: z.optional(z.int().check(z.gte(1), z.lt(5))),
  share: z.optional(z.number().check(z.gt(0))),
  kind: z.optional(z.enum(['a', 'b'])),
  code: z.optional(z.string().check(z.regex(/^x+$/))),
  at: z.optional(z.iso.datetime({ offset: true })),
  link: z.optional(z.url()),
  email: z.optional(z.email()),
  map: z.optional(z.record(z.string().check(z.regex(/^k$/)), z.int())),
  either: z.optional(z.union([z.string(), z.int()])),
  even: z.optional(z.number().check(z.multipleOf(2))),
  own: z.optional(z.string().check(z.refine(() => false, { message: 'must please us' }))),
  needed: z._default(z.strictObject({ name: z.string(), kind: z.enum(['a']), either: z.union([z.string(), z.int()]) }), {
    name: '',
    kind: 'a',
    either: '',
  }),
});

function problemsOf(document: unknown) {
  return describeIssues(Subject.safeParse(document).error?.issues ?? [], document);
}

describe('describeIssues', () => {
  it.each([
    [{ text: 1 }, 'text', 'must be of type string'],
    [{ text: null }, 'text', 'must be of type string'],
    [{ text: '' }, 'text', 'must be at least 1 character long'],
    [{ text: 'four' }, 'text', 'must be at most 3 characters long'],
    [{ list: [] }, 'list', 'must have at least 1 item'],
    [{ list: ['a', 'b', 'c'] }, 'list', 'must have at most 2 items'],
    [{ list: ['a', 2] }, 'list[1]', 'must be of type string'],
    [{ count: 0 }, 'count', 'must be at least 1'],
    [{ count: 5 }, 'count', 'must be less than 5'],
    [{ count: 1.5 }, 'count', 'must be of type integer'],
    [{ share: 0 }, 'share', 'must be more than 0'],
    [{ kind: 'c' }, 'kind', 'must be one of: a, b'],
    [{ code: 'y' }, 'code', 'must match /^x+$/'],
    [{ at: 'today' }, 'at', 'must be an ISO 8601 date and time with seconds and offset, like 2026-01-31T12:00:00Z'],
    [{ link: 'here' }, 'link', 'must be an absolute URL'],
    [{ email: 'me' }, 'email', 'must be a valid email'],
    [{ map: [] }, 'map', 'must be of type object'],
    [{ map: { j: 1 } }, 'map.j', 'is not an allowed key: a key must match /^k$/'],
    [{ either: true }, 'either', 'has none of the forms that are allowed here'],
    [{ even: 3 }, 'even', 'is not valid'],
    [{ own: 'x' }, 'own', 'must please us'],
    [{ needed: { kind: 'a', either: '' } }, 'needed.name', 'is required (string)'],
    [{ needed: { name: '', either: '' } }, 'needed.kind', 'is required (one of: a)'],
    [{ needed: { name: '', kind: 'a' } }, 'needed.either', 'is required'],
    [[], '', 'must be of type object'],
    [{ other: 1 }, 'other', 'is not a known field; remove it or correct its name'],
    [{ needed: { name: '', kind: 'a', either: '', other: 1 } }, 'needed.other', 'is not a known field; remove it or correct its name'],
  ])('says of %j that %s %s', (document, path, message) => {
    expect(problemsOf(document)).toEqual([{ path, message }]);
  });

  it('does not claim that a field is missing when the document is not at hand', () => {
    const { error } = z.safeParse(z.object({ name: z.string() }), {});
    expect(describeIssues(error?.issues ?? [])).toEqual([{ path: 'name', message: 'must be of type string' }]);
  });

  it('says nothing of no issues', () => {
    expect(describeIssues([], {})).toEqual([]);
  });

  it('names the first 20 problems and counts the rest', () => {
    const problems = problemsOf(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, 1])));
    expect(problems).toHaveLength(21);
    expect(problems[0]?.path).toBe('field0');
    expect(problems[20]).toEqual({ path: '', message: 'has 4980 more problems, which are not listed' });
  });
});

describe('formatPath', () => {
  it.each([
    [[], ''],
    [['messages', 0, 'role'], 'messages[0].role'],
    [[0, 1], '[0][1]'],
    [['labels', 'a-b'], 'labels.a-b'],
    [['labels', 'a.b'], 'labels["a.b"]'],
    [['labels', ''], 'labels[""]'],
    [['labels', '0'], 'labels.0'],
    [['line\nbreak'], '["line\\nbreak"]'],
    [['größe'], '["größe"]'],
    [['\ud800'], '["\\ud800"]'],
    [['k'.repeat(64)], 'k'.repeat(64)],
    [['k'.repeat(65)], `["${'k'.repeat(64)}…"]`],
    [[`${'k'.repeat(63)}😀`], `["${'k'.repeat(63)}\ufffd…"]`],
  ])('writes %j as %s', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});
