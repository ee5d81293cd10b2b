import * as z from 'zod/mini';
import { isDuration, parseDuration } from './duration.ts';
import { isRate, isShare, parseRate, parseShare } from './share.ts';

type Help = { description: string; examples?: readonly unknown[]; default?: string | number; [keyword: string]: unknown };

/** What editors show beside a field, and keywords of JSON Schema where a schema's own are not enough. */
export const policyHelp = z.registry<Help>();

/** Adds to a schema what editors show beside the field. */
export function help<Schema extends z.ZodMiniType>(schema: Schema, description: string, keywords: Omit<Help, 'description'> = {}): Schema {
  policyHelp.add(schema, { description, ...keywords });
  return schema;
}

/** A field whose form is a pattern; `rule` completes the sentence "this field …". */
export const text = (pattern: RegExp, rule: string) => z.string().check(z.regex(pattern, { error: rule }));

const LONGEST_NAME = 63;
export const policyName = () =>
  z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, { error: ({ input }) => describeName(String(input)) }));
export const PolicyName = policyName();

export const tokens = () => z.int().check(z.gte(1));
export const region = () => text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, like us-east-1');

/** A field that is read from a text of its own form; `keywords` say that form to editors. */
function parsed<Output>(rule: string, isValid: (value: unknown) => boolean, parse: (value: unknown) => Output) {
  return z.pipe(z.unknown().check(z.refine(isValid, { error: rule })), z.transform(parse));
}

const DURATION_RULE = 'must be a time with its unit, like 500ms, 10s or 2m';
const DURATION_FORM = '\\d{1,9}(\\.\\d{1,3})?(ms|s|m|h)';

/** Milliseconds, written as `500ms`, `10s` or `2m`. */
export const duration = (description: string) =>
  help(parsed(DURATION_RULE, isDuration, parseDuration), description, {
    type: 'string',
    pattern: `^${DURATION_FORM}$`,
    examples: ['500ms', '10s', '2m'],
  });

/** As `duration`, between two times; `like` is an example. */
export function durationBetween(least: string, most: string, like: string) {
  const isBetween = (value: number) => value >= parseDuration(least) && value <= parseDuration(most);
  const isValid = (value: unknown) => isDuration(value) && isBetween(parseDuration(value));
  const field = parsed(`must be a time with its unit from ${least} to ${most}, like ${like}`, isValid, parseDuration);
  return help(field, `From ${least} to ${most}.`, { type: 'string', pattern: `^${DURATION_FORM}$`, examples: [like] });
}

/** As `duration`; null where the policy says `none`. */
export const durationOrNone = (description: string) =>
  help(
    parsed(
      `${DURATION_RULE}, or none`,
      (value) => value === 'none' || isDuration(value),
      (value) => (value === 'none' ? null : parseDuration(value)),
    ),
    description,
    { type: 'string', pattern: `^(none|${DURATION_FORM})$`, examples: ['500ms', '10s', '2m', 'none'] },
  );

/** 0 to 1, written as a percentage or as a fraction. */
export const share = (description: string) =>
  help(parsed('must be a share of the requests, more than nothing and at most all, like 5% or 0.05', isShare, parseShare), description, {
    oneOf: [
      { type: 'string', pattern: '^\\d{1,3}(\\.\\d+)?%$' },
      { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    ],
    examples: ['5%', 0.05],
  });

/** 0 to 1, written as a share is; unlike that it may be nothing. */
export const rate = (description: string) =>
  help(parsed('must be a rate from 0% to 100%, like 5% or 0.05', isRate, parseRate), description, {
    oneOf: [
      { type: 'string', pattern: '^\\d{1,3}(\\.\\d+)?%$' },
      { type: 'number', minimum: 0, maximum: 1 },
    ],
    examples: ['5%', 0.05],
  });

const isFactor = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 1;

/** A factor of 1 or more; null where the policy says `none`. */
export const factorOrNone = (description: string) =>
  help(
    parsed(
      'must be a factor of 1 or more, like 10, or none',
      (value) => value === 'none' || isFactor(value),
      (value) => (value === 'none' ? null : (value as number)),
    ),
    description,
    { oneOf: [{ type: 'number', minimum: 1 }, { const: 'none' }], examples: [3, 10, 'none'] },
  );

/** The rule for names, with the one that was probably meant. */
function describeName(found: string): string {
  const plain = found.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  const hyphenated = plain
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  const likely = hyphenated.slice(0, LONGEST_NAME).replaceAll(/^-|-$/g, '') || 'nova-lite';
  return `must be a name of lower-case letters, digits and hyphens, at most ${LONGEST_NAME} characters long, like ${likely}`;
}
