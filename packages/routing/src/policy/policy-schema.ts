import * as z from 'zod/mini';
import { isDuration, parseDuration } from './duration.ts';

/** A field whose form is a pattern; `rule` completes the sentence "this field …". */
const text = (pattern: RegExp, rule: string) => z.string().check(z.regex(pattern, { error: rule }));

const NAME_RULE = 'must be a name of lower-case letters, digits and hyphens, at most 63 characters long, like nova-lite';
export const PolicyName = text(/^[a-z0-9][a-z0-9-]{0,62}$/, NAME_RULE);

const DURATION_RULE = 'must be a time with its unit, like 500ms, 10s or 2m';
const duration = z.pipe(z.unknown().check(z.refine(isDuration, { error: DURATION_RULE })), z.transform(parseDuration));
const durationOrNone = z.pipe(
  z.unknown().check(z.refine((value) => value === 'none' || isDuration(value), { error: `${DURATION_RULE}, or none` })),
  z.transform((value) => (value === 'none' ? null : parseDuration(value))),
);
const tokens = z.int().check(z.gte(1));
const dollars = z.number().check(z.gte(0));

const PolicyPrice = z.strictObject({
  inputPerMTokens: z.nullable(dollars),
  outputPerMTokens: z.nullable(dollars),
  cacheReadPerMTokens: z.optional(z.nullable(dollars)),
  cacheWritePerMTokens: z.optional(z.nullable(dollars)),
});

/** A target as people write it. */
export const PolicyTarget = z.strictObject({
  kind: z._default(z.enum(['bedrock']), 'bedrock'),
  model: text(
    /^(?!(us|eu|apac|jp|au|ca|us-gov|global)\.)\S+$/,
    "must be the model's own id; write the prefix of an inference profile as profile: us",
  ),
  /** Prefix of a cross-region inference profile: the model id that is sent is `<profile>.<model>`. */
  profile: z.optional(text(/^[a-z]+(-[a-z]+)*$/, 'must be the prefix of an inference profile, like us, eu or global')),
  /** What is sent instead of the model's id, where that is neither the id nor a profile: an ARN. */
  modelId: z.optional(z.string().check(z.minLength(1))),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, like us-east-1'),
  class: PolicyName,
  capabilities: z._default(z.array(PolicyName), []),
  inputModalities: z._default(z.array(z.enum(['text', 'image', 'document', 'video', 'audio'])).check(z.minLength(1)), ['text']),
  contextTokens: z._default(z.nullable(tokens), null),
  maxOutputTokens: z._default(z.nullable(tokens), null),
  price: z._default(PolicyPrice, { inputPerMTokens: null, outputPerMTokens: null }),
});
export type PolicyTarget = z.infer<typeof PolicyTarget>;

/** Times in milliseconds; null where the policy says `none`, absent where it leaves the matter to `defaults`. */
const PolicyLimits = z.strictObject({
  attempt: z.optional(duration),
  firstToken: z.optional(durationOrNone),
  idle: z.optional(durationOrNone),
  slow: z.optional(durationOrNone),
  maxTargets: z.optional(z.int().check(z.gte(1), z.lte(10))),
});
export type PolicyLimits = z.infer<typeof PolicyLimits>;

const PolicyMaxTokens = z.strictObject({ default: tokens, cap: tokens });

const PolicyCandidate = z.union([
  PolicyName,
  z.strictObject({ target: PolicyName, weight: z.optional(z.number().check(z.gt(0), z.lte(1_000_000))) }),
]);
export type PolicyCandidate = z.infer<typeof PolicyCandidate>;

/** A route as people write it. */
export const PolicyRoute = z.strictObject({
  operation: z._default(z.enum(['chat', 'embed', 'image', 'video']), 'chat'),
  strategy: z.enum(['static', 'weighted']),
  candidates: z.array(PolicyCandidate).check(z.minLength(1)),
  fallbacks: z._default(z.array(PolicyName), []),
  maxTokens: z.optional(PolicyMaxTokens),
  limits: z.optional(PolicyLimits),
});
export type PolicyRoute = z.infer<typeof PolicyRoute>;

/** What a route has that does not say otherwise. */
export const PolicyDefaults = z.strictObject({ maxTokens: z.optional(PolicyMaxTokens), limits: z.optional(PolicyLimits) });
export type PolicyDefaults = z.infer<typeof PolicyDefaults>;

export const PolicyClasses = z.array(PolicyName).check(z.minLength(1));

export const PolicyReplyQueue = text(
  /^signalbox-reply-[A-Za-z0-9_-]{1,60}$/,
  'must be a queue name that begins with signalbox-reply-, the only names that may be written to, like signalbox-reply-reports',
);

/** The fields at the top; each member of `targets`, `routes` and `replyQueues` is read on its own, so that one mistake hides no other. */
export const PolicyFrame = z.strictObject({
  version: z.literal(1),
  classes: z.optional(z.unknown()),
  targets: z.optional(z.unknown()),
  routes: z.optional(z.unknown()),
  replyQueues: z.optional(z.unknown()),
  defaults: z.optional(z.unknown()),
});

/** Every field name of the policy language, to suggest one for a name that is none. */
export const FIELD_NAMES: readonly string[] = [
  ...new Set(
    [PolicyFrame, PolicyTarget, PolicyPrice, PolicyRoute, PolicyMaxTokens, PolicyLimits].flatMap((schema) => Object.keys(schema.shape)),
  ),
  'target',
  'weight',
];
