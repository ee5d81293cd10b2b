import * as z from 'zod/mini';
import { invalid } from './bedrock-error.ts';
import { describeIssue } from './describe-issue.ts';
import { embedText } from './embed-text.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { digest } from './seeded-random.ts';

const text = z.string().check(z.minLength(1));

const TitanRequest = z.object({
  inputText: text,
  dimensions: z.optional(z.union([z.literal(256), z.literal(512), z.literal(1024), z.literal(1536)])),
  embeddingConfig: z.optional(z.object({ outputEmbeddingLength: z.optional(z.union([z.literal(256), z.literal(384), z.literal(1024)])) })),
  embeddingTypes: z.optional(z.array(z.literal('float'))),
});

const CohereRequest = z.object({
  texts: z.array(text).check(z.minLength(1), z.maxLength(96)),
  input_type: z.enum(['search_document', 'search_query', 'classification', 'clustering']),
  embedding_types: z.optional(z.array(z.literal('float'))),
  output_dimension: z.optional(z.union([z.literal(256), z.literal(512), z.literal(1024), z.literal(1536)])),
});

export type InvokeReply = { body: Record<string, unknown>; inputTokens: number; outputTokens: number };
type Input = { modelId: string; body: unknown; seed: number };

/** Answers a Titan embedding body: `inputText`, and how many dimensions (1,024 by default; 1,536 for the first Titan text model). */
export function embedTitan({ modelId, body, seed }: Input): InvokeReply {
  const { inputText, dimensions, embeddingConfig } = parse(TitanRequest, body);
  const usual = modelId.includes('titan-embed-text-v1') ? 1536 : 1024;
  const embedding = embedText({
    text: inputText,
    modelId,
    seed,
    dimensions: dimensions ?? embeddingConfig?.outputEmbeddingLength ?? usual,
  });
  const inputTokens = estimateTokens(inputText);
  return { body: { embedding, embeddingsByType: { float: embedding }, inputTextTokenCount: inputTokens }, inputTokens, outputTokens: 0 };
}

/** Answers a Cohere embedding body: up to 96 `texts`, as floats. */
export function embedCohere({ modelId, body, seed }: Input): InvokeReply {
  const { texts, embedding_types: types, output_dimension: dimensions = 1024 } = parse(CohereRequest, body);
  const embeddings = texts.map((each) => embedText({ text: each, modelId, seed, dimensions }));
  const form = types
    ? { embeddings: { float: embeddings }, response_type: 'embeddings_by_type' }
    : { embeddings, response_type: 'embeddings_floats' };
  const inputTokens = texts.reduce((sum, each) => sum + estimateTokens(each), 0);
  return { body: { id: digest(seed, modelId, body).slice(0, 32), texts, ...form }, inputTokens, outputTokens: 0 };
}

function parse<T extends z.ZodMiniType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body, { reportInput: true });
  if (result.success) return result.data;
  const problems = result.error.issues.map(describeIssue).map(({ path, constraint }) => `'${path || 'body'}': ${constraint}`);
  throw invalid(`Malformed input request: ${problems.join('; ')}`);
}
