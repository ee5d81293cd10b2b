import type { CompletionUsage, Usage } from '@signalbox/contracts';

/** Tokens in OpenAI's words. Our input tokens are those outside the cache, OpenAI's prompt tokens are all. What was not counted is absent. */
export function toCompletionUsage({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, estimated }: Usage): CompletionUsage {
  const promptTokens = inputTokens + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const details = {
    ...(cacheReadTokens !== undefined && { cached_tokens: cacheReadTokens }),
    ...(cacheWriteTokens !== undefined && { cache_write_tokens: cacheWriteTokens }),
  };
  return {
    prompt_tokens: promptTokens,
    completion_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
    ...(Object.keys(details).length > 0 && { prompt_tokens_details: details }),
    ...(estimated && { estimated }),
  };
}
