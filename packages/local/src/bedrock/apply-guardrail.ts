import * as z from 'zod/mini';
import { invalid } from './bedrock-error.ts';
import { describeIssue } from './describe-issue.ts';

/** Text that holds it is blocked, whatever the guardrail. */
const BLOCKED_WORD = '[blocked]';

const GUARDRAIL_ID = /^([a-z0-9]{1,64}|arn:aws[^:]*:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]{1,64})$/;
const GUARDRAIL_VERSION = /^([1-9][0-9]{0,7}|DRAFT)$/;
const CHARACTERS_PER_UNIT = 1_000;

const ApplyGuardrailRequest = z.object({
  source: z.enum(['INPUT', 'OUTPUT']),
  content: z.array(
    z
      .object({
        text: z.optional(
          z.object({ text: z.string(), qualifiers: z.optional(z.array(z.enum(['grounding_source', 'query', 'guard_content']))) }),
        ),
        image: z.optional(z.unknown()),
      })
      .check(
        z.refine(({ text, image }) => (text === undefined) !== (image === undefined), {
          message: 'content must have exactly one known member',
        }),
      ),
  ),
  outputScope: z.optional(z.enum(['INTERVENTIONS', 'FULL'])),
});

/** The answer of ApplyGuardrail: it intervenes when a text holds the word `[blocked]`, always in the same way. Throws a ValidationException for what AWS would refuse. */
export function applyGuardrail({
  guardrailId,
  version,
  body,
}: {
  guardrailId: string;
  version: string;
  body: unknown;
}): Record<string, unknown> {
  if (!GUARDRAIL_ID.test(guardrailId)) throw invalid(`The guardrail identifier '${guardrailId}' is invalid.`);
  if (!GUARDRAIL_VERSION.test(version)) throw invalid(`The guardrail version '${version}' is invalid: it must be a number or DRAFT.`);
  const result = ApplyGuardrailRequest.safeParse(body, { reportInput: true });
  if (!result.success) {
    const problems = result.error.issues.map(describeIssue).map(({ path, constraint }) => `'${path || 'body'}': ${constraint}`);
    throw invalid(`Malformed input request: ${problems.join('; ')}`);
  }
  const texts = result.data.content.flatMap(({ text }) => (text ? [text.text] : []));
  return assess(texts, result.data.source);
}

function assess(texts: string[], source: 'INPUT' | 'OUTPUT'): Record<string, unknown> {
  const isBlocked = texts.some((text) => text.includes(BLOCKED_WORD));
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const usage = usageOf(characters);
  const coverage = { textCharacters: { guarded: characters, total: characters } };
  const customWords = isBlocked ? [{ match: BLOCKED_WORD, action: 'BLOCKED', detected: true }] : [];
  const invocationMetrics = { guardrailProcessingLatency: 1, usage, guardrailCoverage: coverage };
  return {
    usage,
    action: isBlocked ? 'GUARDRAIL_INTERVENED' : 'NONE',
    ...(isBlocked ? { actionReason: 'Guardrail blocked.' } : {}),
    outputs: isBlocked ? [{ text: `Sorry, the guardrail blocked this ${source === 'INPUT' ? 'question' : 'answer'}.` }] : [],
    assessments: [{ ...(isBlocked ? { wordPolicy: { customWords, managedWordLists: [] } } : {}), invocationMetrics }],
    guardrailCoverage: coverage,
  };
}

function usageOf(characters: number): Record<string, number> {
  const units = Math.ceil(characters / CHARACTERS_PER_UNIT);
  return {
    topicPolicyUnits: 0,
    contentPolicyUnits: 0,
    wordPolicyUnits: units,
    sensitiveInformationPolicyUnits: 0,
    sensitiveInformationPolicyFreeUnits: 0,
    contextualGroundingPolicyUnits: 0,
  };
}
