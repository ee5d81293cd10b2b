import * as z from 'zod/mini';
import { CAPABILITY_KEYWORDS } from './capability.ts';
import { help, policyName, region, text, tokens } from './policy-fields.ts';
import { PolicyHealth } from './policy-health.ts';
import { baseUrl, sageMakerName, secretReference } from './server-fields.ts';

const dollars = (description: string) => help(z.nullable(z.number().check(z.gte(0))), description);

const rates = () => ({
  inputPerMTokens: dollars('US dollars per million input tokens; null when nobody has stated it, never 0 for that.'),
  outputPerMTokens: dollars('US dollars per million output tokens; null when nobody has stated it.'),
  cacheReadPerMTokens: z.optional(dollars('US dollars per million input tokens that came out of the prompt cache.')),
  cacheWritePerMTokens: z.optional(dollars('US dollars per million tokens kept in the prompt cache for five minutes.')),
  cacheWrite1hPerMTokens: z.optional(dollars('US dollars per million tokens kept in the prompt cache for an hour.')),
});

const PolicyLongContext = z.strictObject({
  thresholdTokens: help(tokens(), 'Input tokens, cache included, above which these rates hold for the whole call.'),
  ...rates(),
});

const PolicyPrice = z.strictObject({
  ...rates(),
  longContext: z.optional(help(PolicyLongContext, 'The rates of a call whose input is longer than a threshold.')),
});

const PolicyRateLimits = z.strictObject({
  requestsPerMinute: z.optional(help(tokens(), "The account's quota of requests per minute for this target.")),
  tokensPerMinute: z.optional(help(tokens(), "The account's quota of tokens per minute for this target.")),
});

const modality = z.enum(['text', 'image', 'document', 'video', 'audio']);
/** Some days that no month has are read as days of the next one. */
const isDate = (value: string) => {
  const time = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(value) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};

/** A target as people write it. What it leaves out comes from the catalogue. */
export const PolicyTarget = z.strictObject({
  kind: help(
    z._default(z.enum(['bedrock', 'openai', 'sagemaker']), 'bedrock'),
    "How it is called: by Bedrock, over HTTP by a server in the shape of OpenAI's API, or through a SageMaker endpoint.",
  ),
  model: help(
    z.string().check(z.minLength(1)),
    "A model of the catalogue, by its id or an alias, without an inference profile's prefix. Context, capabilities and prices come from the catalogue. A server or a SageMaker endpoint may have one that the catalogue lacks, by any name.",
    { examples: ['amazon.nova-lite-v1:0', 'anthropic.claude-haiku-4-5'] },
  ),
  profile: z.optional(
    help(
      text(/^[a-z]+(-[a-z]+)*$/, 'must be the prefix of an inference profile, like us, eu or global'),
      'Prefix of a cross-region inference profile: what is sent is `<profile>.<model>`, and Bedrock picks a region of the profile.',
      { examples: ['us', 'eu', 'global'] },
    ),
  ),
  modelId: z.optional(
    help(
      z.string().check(z.minLength(1)),
      "What is sent instead of the model id, where that is neither the id nor a profile: the ARN of an application inference profile, of provisioned throughput or of a custom deployment; of kind openai the server's own name for the model.",
      { examples: ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234'] },
    ),
  ),
  baseUrl: z.optional(
    baseUrl('Of kind openai: the address of the server, up to and without /chat/completions. Plain http is for private addresses alone.'),
  ),
  apiKey: z.optional(
    secretReference("Of kind openai: where the server's key is kept, `ssm:<name>` or `secrets-manager:<name>`, never the key itself."),
  ),
  maxTokensField: z.optional(
    help(
      z.enum(['max_tokens', 'max_completion_tokens']),
      'Of kind openai: the name under which the server takes the limit of output; max_tokens if left out.',
    ),
  ),
  endpoint: z.optional(help(sageMakerName('signalbox-llama'), 'Of kind sagemaker: the name of the endpoint.')),
  component: z.optional(
    help(sageMakerName('llama-8b'), 'Of kind sagemaker: the inference component of the endpoint, where it hosts several models.'),
  ),
  region: z.optional(
    help(region(), 'The AWS region that is called. Only a target of kind openai may leave it out.', {
      examples: ['us-east-1', 'us-west-2', 'eu-central-1'],
    }),
  ),
  class: help(policyName(), 'One of `classes`. A fallback of a lower class than the candidates gives a degraded answer.'),
  serviceTier: z.optional(help(z.enum(['priority', 'flex']), "Bedrock's service tier; leave it out for the standard one.")),
  rateLimits: z.optional(help(PolicyRateLimits, 'Quotas that are respected before the first 429.')),
  health: help(
    z.optional(PolicyHealth),
    'When the controller takes traffic from this target and gives it back; each threshold left out comes from `defaults`.',
  ),
  acceptEndOfLife: z.optional(
    help(
      z.string().check(z.refine(isDate, { error: 'must be a date, like 2027-01-08' })),
      'The day on which the model ends, written to keep using it in its last 90 days.',
      { type: 'string', format: 'date', examples: ['2027-01-08'] },
    ),
  ),
  capabilities: z.optional(
    help(z.array(policyName()), 'What the model can do, instead of what the catalogue says: the whole list.', CAPABILITY_KEYWORDS),
  ),
  inputModalities: z.optional(
    help(z.array(modality).check(z.minLength(1)), 'What the model reads, instead of what the catalogue says: the whole list.'),
  ),
  contextTokens: z.optional(help(z.nullable(tokens()), 'Tokens of context, instead of what the catalogue says; null when not known.')),
  maxOutputTokens: z.optional(help(z.nullable(tokens()), 'The most output tokens, instead of what the catalogue says.')),
  processingRegions: z.optional(
    help(
      z.array(region()).check(z.minLength(1)),
      'Regions where the model may run when it is called this way, where the catalogue does not know.',
    ),
  ),
  price: z.optional(help(PolicyPrice, "US dollars per million tokens, instead of the catalogue's prices: the whole price.")),
});
/** What each kind needs, for editors; the compiler says it in words. */
const ofKind = (kind: string, required: readonly string[]) => ({ properties: { kind: { const: kind } }, required });
help(PolicyTarget, 'One way to call a model.', {
  anyOf: [ofKind('bedrock', ['region']), ofKind('openai', ['kind', 'baseUrl']), ofKind('sagemaker', ['kind', 'region', 'endpoint'])],
});
export type PolicyTarget = z.infer<typeof PolicyTarget>;

/** Fields of a target's parts, by the field that holds them. */
export const TARGET_PARTS = {
  price: PolicyPrice,
  longContext: PolicyLongContext,
  rateLimits: PolicyRateLimits,
  health: PolicyHealth,
} as const;
