import * as z from 'zod/mini';
import { CAPABILITY_KEYWORDS } from './capability.ts';
import { duration, durationOrNone, factorOrNone, help, policyName, share, text, tokens } from './policy-fields.ts';
import { PolicyGuardrail } from './policy-guardrail.ts';
import { PolicyHealth } from './policy-health.ts';
import { REQUEST_DOCUMENT } from './request-document.ts';

/** Times in milliseconds; null where the policy says `none`, absent where it leaves the matter to `defaults`. */
export const PolicyLimits = z.strictObject({
  attempt: z.optional(duration('One attempt, from start to end.')),
  firstToken: z.optional(durationOrNone('Until the first token; with it the answer is streamed from the model.')),
  idle: z.optional(durationOrNone('Between two tokens; with it the answer is streamed from the model.')),
  slow: z.optional(durationOrNone('An attempt longer than this is flagged slow; it is not cut.')),
  retryAfter: z.optional(
    durationOrNone('The longest Retry-After that is waited for, 5s unless stated; with none the next target is asked at once.'),
  ),
  maxTargets: z.optional(help(z.int().check(z.gte(1), z.lte(10)), 'Targets tried before the request waits in its queue.')),
});
export type PolicyLimits = z.infer<typeof PolicyLimits>;

const PolicyMaxTokens = z.strictObject({
  default: help(tokens(), 'Output tokens for a request that asks for no number.'),
  cap: help(tokens(), 'The most output tokens that a request may ask for.'),
});

const PolicyWeightedCandidate = z.strictObject({
  target: help(policyName(), 'The name of a target.'),
  weight: z.optional(
    help(z.number().check(z.gt(0), z.lte(1_000_000)), 'How often it is drawn, beside the weights of the others; 1 if left out.'),
  ),
});
const PolicyCandidate = z.union([policyName(), PolicyWeightedCandidate]);
export type PolicyCandidate = z.infer<typeof PolicyCandidate>;

const candidates = () => z.array(PolicyCandidate).check(z.minLength(1));

/** What editors complete in a pattern. */
const PATTERN_KEYWORDS = {
  properties: {
    ...Object.fromEntries(
      Object.entries(REQUEST_DOCUMENT).map(([name, { kind, words }]) => [
        name,
        { type: kind === 'labels' ? 'object' : 'array', description: words },
      ]),
    ),
    $or: { type: 'array', minItems: 2, description: 'Patterns of which one must match.' },
  },
  minProperties: 1,
  additionalProperties: false,
};

const PolicyRule = z.strictObject({
  name: help(policyName(), 'The name that explanations and events show.'),
  when: help(
    z.record(z.string(), z.unknown()),
    `An EventBridge pattern over the features of the request: ${Object.keys(REQUEST_DOCUMENT).join(', ')}.`,
    { ...PATTERN_KEYWORDS, examples: [{ inputModalities: ['image'] }, { estimatedInputTokens: [{ numeric: ['>', 100000] }] }] },
  ),
  route: help(policyName(), 'The route that takes the request; its own rules are not asked.'),
});
export type PolicyRule = z.infer<typeof PolicyRule>;

const PolicyRequires = z.strictObject({
  capabilities: z.optional(help(z.array(policyName()), 'Every candidate and fallback must have these.', CAPABILITY_KEYWORDS)),
  inputModalities: z.optional(
    help(z.array(z.enum(['text', 'image', 'document', 'video', 'audio'])), 'Every candidate and fallback must read these.'),
  ),
  minContextTokens: z.optional(help(tokens(), 'Every candidate and fallback must have at least this much context.')),
});

const PolicyHedge = z.strictObject({
  after: duration('The next target is asked as well when the first has given nothing after this time.'),
  budget: share('The most requests that may be asked twice, as a share of all.'),
});

const residencyEntry = () =>
  text(/^[a-z]{2}(-[a-z]+)*(-\d|-?\*)$/, 'must be an AWS region, like eu-west-1, or the beginning of some, like eu-*');

/** A route as people write it. */
export const PolicyRoute = z.strictObject({
  operation: help(z._default(z.enum(['chat', 'embed', 'image', 'video']), 'chat'), 'What the requests of the route ask for.'),
  strategy: help(
    z.enum(['static', 'weighted', 'lowest-cost', 'lowest-latency']),
    'How candidates are ordered: as written, by a draw, by estimated cost, or by measured latency.',
  ),
  candidates: z.optional(help(candidates(), 'Targets tried first. Either this or `tiers`.')),
  tiers: z.optional(
    help(
      z.array(candidates()).check(z.minLength(1)),
      'Candidates in groups: a group is asked when those before it are unwell or have failed. Either this or `candidates`.',
    ),
  ),
  fallbacks: help(z._default(z.array(policyName()), []), 'Targets tried in this order when every candidate has failed.'),
  rules: z.optional(
    help(z.array(PolicyRule), 'Asked in this order before anything else; the first that matches takes the request to its route.'),
  ),
  stickyBy: z.optional(
    help(z.string(), 'Requests with the same value prefer the same target.', { examples: ['sessionId', 'tenant', 'labels.conversation'] }),
  ),
  residency: z.optional(
    help(z.array(residencyEntry()).check(z.minLength(1)), 'The only regions where content of this route may be processed.', {
      examples: [['eu-central-1', 'eu-west-1'], ['eu-*']],
    }),
  ),
  requires: z.optional(help(PolicyRequires, 'What every target of the route must be able to do. Checked when the policy is compiled.')),
  rescue: z.optional(
    help(
      z.enum(['hold', 'restart']),
      'What becomes of a streamed answer that breaks off. hold: nothing is sent until the answer is whole, so that any failure is made good by another target. restart, also if left out: others are asked until the first token was sent; after that the caller is told that the answer broke off.',
    ),
  ),
  guardrail: z.optional(
    help(PolicyGuardrail, 'A Bedrock guardrail that looks at what is asked, what is answered, or both; what it blocks is refused.'),
  ),
  hedge: z.optional(help(PolicyHedge, 'A second call to the next target when the first is silent. Off if left out.')),
  priceCeiling: z.optional(
    factorOrNone('No failover to a target whose estimated cost is more than this many times that of the first choice.'),
  ),
  maxTokens: help(z.optional(PolicyMaxTokens), 'Tokens of output; if left out, those of `defaults`.'),
  limits: help(z.optional(PolicyLimits), 'Times and counts; each one left out comes from `defaults`.'),
});
help(PolicyRoute, 'A purpose that a request names.', { oneOf: [{ required: ['candidates'] }, { required: ['tiers'] }] });
export type PolicyRoute = z.infer<typeof PolicyRoute>;

/** What routes and targets have that do not say otherwise. */
export const PolicyDefaults = z.strictObject({
  maxTokens: help(z.optional(PolicyMaxTokens), 'Tokens of output.'),
  priceCeiling: z.optional(factorOrNone('As in a route.')),
  limits: help(z.optional(PolicyLimits), 'Times and counts.'),
  health: help(z.optional(PolicyHealth), 'What every target is judged by that does not say otherwise.'),
});
export type PolicyDefaults = z.infer<typeof PolicyDefaults>;

/** Fields of a route's parts, by the field that holds them. */
export const ROUTE_PARTS = {
  candidates: PolicyWeightedCandidate,
  tiers: PolicyWeightedCandidate,
  rules: PolicyRule,
  requires: PolicyRequires,
  guardrail: PolicyGuardrail,
  hedge: PolicyHedge,
  maxTokens: PolicyMaxTokens,
  limits: PolicyLimits,
} as const;
