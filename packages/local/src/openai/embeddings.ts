import * as z from 'zod/mini';
import { embedText } from '../bedrock/embed-text.ts';
import { estimateTokens } from '../bedrock/estimate-tokens.ts';
import { readOrRefuse } from './read-or-refuse.ts';

const text = z.string().check(z.minLength(1));
const USUAL_DIMENSIONS = 1024;

const EmbeddingsRequest = z.object({
  model: z.string().check(z.minLength(1)),
  input: z.union([text, z.array(text).check(z.minLength(1), z.maxLength(2048))]),
  dimensions: z.nullish(z.int().check(z.gte(1), z.lte(4096))),
  encoding_format: z.nullish(z.enum(['float', 'base64'])),
});

export type EmbeddingsCall = { model: string; reply(): Record<string, unknown> };

/** Reads an embeddings body: one text or up to 2,048, 1,024 dimensions unless it says otherwise, as numbers or as base64 of 32-bit floats. */
export function readEmbeddingsRequest(body: unknown, seed: number): EmbeddingsCall {
  const { model, input, dimensions, encoding_format: format } = readOrRefuse(EmbeddingsRequest, body);
  const texts = typeof input === 'string' ? [input] : input;
  const tokens = texts.reduce((sum, each) => sum + estimateTokens(each), 0);
  const embed = (each: string) => embedText({ text: each, modelId: model, dimensions: dimensions ?? USUAL_DIMENSIONS, seed });
  return {
    model,
    reply: () => ({
      object: 'list',
      data: texts.map((each, index) => ({
        object: 'embedding',
        index,
        embedding: format === 'base64' ? toBase64(embed(each)) : embed(each),
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }),
  };
}

function toBase64(vector: number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
