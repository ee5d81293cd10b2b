import * as z from 'zod/mini';

const count = z.int().check(z.gte(0));

/** Tokens in OpenAI's words: `prompt_tokens` has those of the cache in it. */
export const CompletionUsage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  /** Read from a cache and written to one; each absent where the provider does not say. */
  prompt_tokens_details: z.optional(z.object({ cached_tokens: z.optional(count), cache_write_tokens: z.optional(count) })),
  /** True when the provider gave no figures and these are counted from the text. */
  estimated: z.optional(z.boolean()),
});
export type CompletionUsage = z.infer<typeof CompletionUsage>;

/** Why an answer ended. One that broke off has none. */
export const FinishReason = z.enum(['stop', 'length', 'tool_calls', 'content_filter']);
export type FinishReason = z.infer<typeof FinishReason>;

const functionCall = z.object({
  id: z.string(),
  type: z.literal('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

/** The answer of `POST /v1/chat/completions`. */
export const ChatCompletion = z.object({
  id: z.string(),
  object: z.literal('chat.completion'),
  /** Seconds since the epoch. */
  created: z.int(),
  /** The model that answered. */
  model: z.string(),
  /** One. */
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal('assistant'),
        content: z.nullable(z.string()),
        refusal: z.null(),
        reasoning_content: z.optional(z.string()),
        tool_calls: z.optional(z.array(functionCall)),
      }),
      logprobs: z.null(),
      finish_reason: FinishReason,
    }),
  ),
  /** Absent when the provider gave none. */
  usage: z.optional(CompletionUsage),
});
export type ChatCompletion = z.infer<typeof ChatCompletion>;

const callPiece = z.object({
  /** Counts the tool calls of the answer, from 0. */
  index: z.int(),
  id: z.optional(z.string()),
  type: z.optional(z.literal('function')),
  function: z.object({ name: z.optional(z.string()), arguments: z.string() }),
});

/** One event of a streamed answer. */
export const ChatCompletionChunk = z.object({
  id: z.string(),
  object: z.literal('chat.completion.chunk'),
  /** Seconds since the epoch. */
  created: z.int(),
  /** The model that answers. */
  model: z.string(),
  /** One, and none in the chunk that has the usage. */
  choices: z.array(
    z.object({
      index: z.int(),
      delta: z.object({
        role: z.optional(z.literal('assistant')),
        content: z.optional(z.string()),
        reasoning_content: z.optional(z.string()),
        tool_calls: z.optional(z.array(callPiece)),
      }),
      logprobs: z.null(),
      finish_reason: z.nullable(FinishReason),
    }),
  ),
  /** Only with `include_usage`, and null in every chunk but the last. */
  usage: z.optional(z.nullable(CompletionUsage)),
});
export type ChatCompletionChunk = z.infer<typeof ChatCompletionChunk>;
