import type { Usage } from '@signalbox/contracts';
import { asCount, asRecord } from '../read-json.ts';

/**
 * Maps OpenAI's `usage`, where cached tokens are part of the prompt's, to the contract's, where they stand apart. Undefined
 * without a count of the input: a made-up 0 would make a call look free.
 */
export function mapOpenAiUsage(given: unknown): Usage | undefined {
  const usage = asRecord(given);
  const prompt = asCount(usage.prompt_tokens);
  if (prompt === undefined) return undefined;
  const total = asCount(usage.total_tokens);
  const outputTokens = asCount(usage.completion_tokens) ?? (total === undefined ? 0 : Math.max(0, total - prompt));
  const cached = asCount(asRecord(usage.prompt_tokens_details).cached_tokens) ?? asCount(usage.prompt_cache_hit_tokens);
  if (cached === undefined || cached > prompt) return { inputTokens: prompt, outputTokens };
  return { inputTokens: prompt - cached, outputTokens, cacheReadTokens: cached };
}
