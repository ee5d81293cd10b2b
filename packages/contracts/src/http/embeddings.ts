import * as z from 'zod/mini';
import { Label } from '../inference-request.ts';
import { SignalboxOptions } from './chat-completion-request.ts';

/** Texts in one request for embeddings. */
export const MAX_EMBEDDING_INPUTS = 96;

const inputText = z.string().check(z.minLength(1));

/** The body of `POST /v1/embeddings`. */
export const EmbeddingsRequest = z.strictObject({
  /** A route, else a model, else a target. */
  model: z.string().check(z.minLength(1), z.maxLength(256)),
  /** A text, or up to 96. */
  input: z.union([inputText, z.array(inputText).check(z.minLength(1), z.maxLength(MAX_EMBEDDING_INPUTS))]),
  /** Numbers in each vector; the model's own if absent. */
  dimensions: z.nullish(z.int().check(z.gte(1))),
  /** `base64`: the vector as little-endian 32-bit floats. */
  encoding_format: z.nullish(z.enum(['float', 'base64'])),
  /** Becomes the label `user`. */
  user: z.nullish(Label),
  signalbox: z.nullish(SignalboxOptions),
});
export type EmbeddingsRequest = z.infer<typeof EmbeddingsRequest>;

/** The answer of `POST /v1/embeddings`. */
export const EmbeddingsList = z.object({
  object: z.literal('list'),
  /** One for each text, in their order. */
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  /** The model that answered. */
  model: z.string(),
  /** Absent when the provider gave none. */
  usage: z.optional(z.object({ prompt_tokens: z.int(), total_tokens: z.int() })),
});
export type EmbeddingsList = z.infer<typeof EmbeddingsList>;
